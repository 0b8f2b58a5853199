using System.Collections;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Timelines;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Timelines;

public sealed class EndPairingTests
{
    private const int Frames = 50_000;

    /// <summary>Captures that have nothing in common say nothing about where they were made, frame by frame.</summary>
    [Fact]
    public void AHundredThousandFrames_AreLookedAtAFewTimesEach()
    {
        var one = new CountingList(Judge(port: 1000));
        var other = new CountingList(Judge(port: 2000));

        List<SegmentEvent?> paired = [.. new EndPairing(one, other).Pair(new TimelineBuilder())];

        Assert.Equal(2 * Frames, paired.Count);
        Assert.All(paired, segment => Assert.Equal(SegmentFate.Lost, segment!.Fate));
    }

    private static JudgedPacket[] Judge(int port)
    {
        var analysis = new CaptureAnalysis();
        return
        [
            .. Enumerable.Range(0, Frames).Select(index =>
            {
                var packet = Packet.Dissect(Frame(Ipv4(6, Tcp(port, 80, (uint)index, payload: [1])), LinkType.Raw));
                return new JudgedPacket(packet, analysis.Add(packet, out StreamSegment place)!.Value, place);
            }),
        ];
    }

    /// <summary>Fails whoever looks at its items more than ten times each.</summary>
    private sealed class CountingList(JudgedPacket[] items) : IReadOnlyList<JudgedPacket>
    {
        private long _looks;

        public int Count => items.Length;

        public JudgedPacket this[int index] => Look(items[index]);

        public IEnumerator<JudgedPacket> GetEnumerator() => items.Select(Look).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private JudgedPacket Look(JudgedPacket item) =>
            ++_looks <= 10L * items.Length ? item : throw new InvalidOperationException($"more than {10L * items.Length} looks at {items.Length} frames");
    }
}
