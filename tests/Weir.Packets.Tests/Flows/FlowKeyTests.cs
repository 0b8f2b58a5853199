using Weir.Packets.Dissection;
using Weir.Packets.Flows;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Flows;

public sealed class FlowKeyTests
{
    public static TheoryData<string> Names => [.. FrameSamples.All().Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheKey_IsWhatDissectingFinds(string name)
    {
        CapturedFrame frame = FrameSamples.All().First(sample => sample.Name == name).Frame;
        var packet = Packet.Dissect(frame);

        if (!FlowKey.TryRead(frame.Bytes.Span, frame.Link, out FlowKey key))
        {
            // What it does not look behind.
            Assert.True(packet is { Tcp: null, Udp: null } or { Ip.Extensions.Count: > 0 } or { Ip.IsFragment: true }, $"{packet.Ip} {packet.Tcp}");
            return;
        }

        Assert.Equal((packet.Ip!.Source, packet.Ip.Destination), (key.SourceAddress, key.DestinationAddress));
        Assert.Equal(packet.Tcp?.SourcePort ?? packet.Udp?.SourcePort, key.SourcePort);
        Assert.Equal(packet.Tcp?.DestinationPort ?? packet.Udp?.DestinationPort, key.DestinationPort);
        Assert.Equal(key, key.Reversed.Reversed);
        Assert.Equal(key.Undirected, key.Reversed.Undirected);
        if (packet.Tcp is { } tcp)
            Assert.Equal(key, FlowKey.Of(packet.Ip, tcp));
    }

    [Fact]
    public void AnUnknownLink_HasNoFlows() =>
        Assert.All(FrameSamples.All(), sample => Assert.False(FlowKey.TryRead(sample.Frame.Bytes.Span, (LinkType)105, out _)));

    // Whatever the bytes are, it finds no flow where dissecting finds none, and no other one.
    [Fact]
    public void BrokenFrames_HaveTheFlowsThatDissectingFinds()
    {
        var random = new Random(TestSeed.Value);
        foreach ((string name, CapturedFrame frame) in FrameSamples.All())
        {
            for (int i = 0; i < 300; i++)
            {
                byte[] bytes = frame.Bytes.ToArray();
                bytes[random.Next(Math.Min(bytes.Length, 80))] = (byte)random.Next(256);
                var packet = Packet.Dissect(frame with { Bytes = bytes });
                if (FlowKey.TryRead(bytes, frame.Link, out FlowKey key) && packet.Tcp is { } tcp)
                    Assert.True(key == FlowKey.Of(packet.Ip!, tcp), $"{name}: {key}; {TestSeed.Replay}");
            }
        }
    }

    [Fact]
    public void CutOff_IsNoFlow_AndNothingIsReadBeyondTheEnd()
    {
        foreach ((string _, CapturedFrame frame) in FrameSamples.All())
        {
            for (int length = 0; length < frame.Bytes.Length; length++)
            {
                if (FlowKey.TryRead(frame.Bytes.Span[..length], frame.Link, out FlowKey key))
                    Assert.True(FlowKey.TryRead(frame.Bytes.Span, frame.Link, out FlowKey whole) && whole == key);
            }
        }
    }
}
