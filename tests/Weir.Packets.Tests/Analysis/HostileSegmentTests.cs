using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Following;
using Weir.Packets.Streams;
using Weir.Packets.Timelines;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Analysis;

/// <summary>Headers with any numbers and flags: nothing throws, and nothing grows beyond its limit.</summary>
public sealed class HostileSegmentTests(ITestOutputHelper output)
{
    private static readonly int s_segments = FullRun.IsOn ? 300_000 : 10_000;

    [Fact]
    public void AnySegments_AreJudgedFollowedAndDrawn()
    {
        Random random = TestSeed.NewRandom(output);
        var analysis = new CaptureAnalysis();
        var followers = new Dictionary<TcpStream, StreamFollower>();
        var packets = new List<Packet>();
        for (int count = 0; count < s_segments; count++)
        {
            Packet packet = Any(random);
            if (packets.Count < 500)
                packets.Add(packet);
            if (analysis.Add(packet, out StreamSegment place) is not { } segment)
                continue;
            Assert.NotNull(segment.ToString());
            if (!followers.TryGetValue(place.Stream, out StreamFollower? follower))
                followers[place.Stream] = follower = new StreamFollower(new FollowLimits { MaxWaitingBytes = 1000 });
            Assert.All(follower.Add(packet, place), piece => Assert.True(piece.OffsetBytes >= 0 && piece.MissingBytes >= 0));
        }

        using var text = new StringWriter();
        AnalysisText.Write(text, analysis);
        Assert.All(analysis.Streams, stream => Assert.NotEmpty(AnalysisJson.Serialize(stream.Summarize())));
        Assert.All(followers.Values, follower => follower.End());
        var timeline = Timeline.FromPackets(packets);
        Assert.NotEmpty(LadderSvg.Draw(timeline));
        Assert.NotEmpty(LadderText.Draw(Timeline.FromBothEnds(packets, packets.Take(300))));
        Assert.NotEmpty(TimelineJson.Serialize(timeline));
    }

    private static Packet Any(Random random)
    {
        byte[] options = random.Next(3) == 0 ? new byte[random.Next(10) * 4] : [];
        random.NextBytes(options);
        if (options.Length >= 12 && random.Next(2) == 0)
            options = Join(Hex("0101 050a"), options[..8]);
        byte[] segment = Tcp(
            random.Next(3), 80 + random.Next(2), (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32), random.Next(0x200), random.Next(0x10000),
            options, new byte[random.Next(40)]);
        bool isBack = random.Next(2) == 0;
        byte[] packet = Ipv4(6, segment, isBack ? B4 : A4, isBack ? A4 : B4, fragment: random.Next(20) == 0 ? 0x2000 : 0x4000);
        if (isBack)
            (packet[20], packet[21], packet[22], packet[23]) = (packet[22], packet[23], packet[20], packet[21]);
        int captured = random.Next(10) == 0 ? random.Next(20, packet.Length) : packet.Length;
        return Packet.Dissect(new CapturedFrame(LinkType.Raw, random.NextInt64(2_000_000_000), packet.AsMemory(0, captured), packet.Length));
    }
}
