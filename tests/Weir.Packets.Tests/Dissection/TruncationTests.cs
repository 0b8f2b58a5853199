using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;

namespace Weir.Packets.Tests.Dissection;

public sealed class TruncationTests
{
    [Fact]
    public void AFrameCutAnywhere_IsReadUpToThere()
    {
        foreach ((string name, CapturedFrame frame) in FrameSamples.All())
        {
            for (int length = 0; length < frame.Bytes.Length; length++)
            {
                Packet captured = Packet.Dissect(frame with { Bytes = frame.Bytes[..length] });
                Packet sent = Packet.Dissect(frame with { Bytes = frame.Bytes[..length], OriginalBytes = length });

                Assert.Contains($"frame: {length} of {frame.Bytes.Length} bytes were captured", captured.Notes);
                Assert.True(sent.Notes.Count > 0 || name is "tls", $"{name} at {length} bytes has no note");
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void WrongOriginalLengths_DoNoHarm(int original)
    {
        foreach ((string _, CapturedFrame frame) in FrameSamples.All())
            Assert.InRange(Packet.Dissect(frame with { OriginalBytes = original }).PayloadBytes, 0, int.MaxValue);
    }
}
