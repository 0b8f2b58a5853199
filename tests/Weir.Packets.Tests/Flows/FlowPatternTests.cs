using Weir.Packets.Dissection;
using Weir.Packets.Flows;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Flows;

public sealed class FlowPatternTests
{
    // Of two frames that differ in one byte near the beginning, as most frames of a flow do: the pattern must not match another flow's.
    [Fact]
    public void APattern_MatchesItsFlow_AndNoOther()
    {
        var random = new Random(TestSeed.Value);
        int same = 0;
        int other = 0;
        foreach ((string name, CapturedFrame frame) in LongFrames())
        {
            if (!FlowKey.TryRead(frame.Bytes.Span, frame.Link, out FlowKey key) || FlowPattern.Of(frame.Bytes.Span, frame.Link) is not { } pattern)
                continue;
            for (int i = 0; i < 2_000; i++)
            {
                byte[] bytes = frame.Bytes.ToArray();
                bytes[random.Next(FlowPattern.LengthBytes + 16)] = (byte)random.Next(256);
                bool isSameFlow = FlowKey.TryRead(bytes, frame.Link, out FlowKey changed) && changed == key;
                bool goesOn = isSameFlow && Packet.Dissect(frame with { Bytes = bytes }).Tcp?.Flags.HasFlag(TcpFlags.Syn) != true;
                bool matches = pattern.Matches(bytes, frame.Link);
                Assert.True(isSameFlow || !matches, $"{name}: matches {changed}, is of {key}; {TestSeed.Replay}");
                // Another length of the header is given up on; its ports would be elsewhere.
                if (matches)
                    same++;
                else if (!goesOn)
                    other++;
            }
        }

        Assert.True(same > 1_000 && other > 1_000, $"{same} {other}");
    }

    [Fact]
    public void NextFramesOfAFlow_Match()
    {
        foreach ((string name, CapturedFrame frame) in LongFrames())
        {
            if (FlowPattern.Of(frame.Bytes.Span, frame.Link) is not { } pattern || Packet.Dissect(frame).Tcp?.Flags.HasFlag(TcpFlags.Syn) == true)
                continue;
            byte[] next = [.. frame.Bytes.Span, 1, 2, 3];
            Assert.True(pattern.Matches(next, frame.Link), name);
            Assert.False(pattern.Matches(next.AsSpan(0, FlowPattern.LengthBytes - 1), frame.Link), name);
            Assert.False(pattern.Matches(next, (LinkType)105), name);
        }
    }

    [Fact]
    public void ANewConnection_IsNotTheOldOne()
    {
        CapturedFrame frame = LongFrames().First(sample => sample.Frame.Link == LinkType.Ethernet && Packet.Dissect(sample.Frame).Tcp is not null).Frame;
        byte[] bytes = frame.Bytes.ToArray();
        int flagsAt = 14 + ((bytes[14] & 0xF) * 4) + 13;
        bytes[flagsAt] = (byte)TcpFlags.Ack;
        FlowPattern pattern = FlowPattern.Of(bytes, frame.Link)!;
        Assert.True(pattern.Matches(bytes, frame.Link));

        bytes[flagsAt] = (byte)TcpFlags.Syn;

        Assert.False(pattern.Matches(bytes, frame.Link));
    }

    // Padded, as there is no pattern of short ones.
    private static IEnumerable<(string Name, CapturedFrame Frame)> LongFrames() =>
        FrameSamples.All().Select(sample => (sample.Name, sample.Frame with { Bytes = (byte[])[.. sample.Frame.Bytes.Span, .. new byte[128]] }));
}
