using Weir.Packets.Flows;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Flows;

public sealed class DerivedFlowsTests
{
    private const int Udp17 = 17;
    private const int MoreFragments = 0x2000;

    private readonly DerivedFlows _flows = new();

    [Fact]
    public void AnError_RunsAgainstTheFlowThatItQuotes()
    {
        FlowKey sent = Plain(Ipv4(Udp17, Udp(1000, 9, [1])));

        // A router on the way says it.
        FlowKey error = Derived(Ipv4(1, Icmp(3, 3, 0, Ipv4(Udp17, Udp(1000, 9, [1]))), source: "198.51.100.7", destination: A4));

        Assert.Equal(sent.Reversed, error);
    }

    [Fact]
    public void AnErrorOfIPv6_RunsAgainstTheFlowThatItQuotes()
    {
        FlowKey sent = Plain(Ipv6(6, Tcp(5, 6)));

        Assert.Equal(sent.Reversed, Derived(Ipv6(58, Icmp(2, 0, 1280, Ipv6(6, Tcp(5, 6))), source: B6, destination: A6)));
    }

    [Fact]
    public void LaterFragments_BelongToTheFirstOnesFlow()
    {
        FlowKey whole = Plain(Ipv4(Udp17, Udp(7, 8, new byte[64])));

        FlowKey first = Derived(Ipv4(Udp17, Udp(7, 8, new byte[56], length: 200), fragment: MoreFragments, id: 5));
        FlowKey second = Derived(Ipv4(Udp17, new byte[64], fragment: MoreFragments | 8, id: 5));
        FlowKey last = Derived(Ipv4(Udp17, new byte[8], fragment: 16, id: 5));

        Assert.Equal((whole, whole, whole), (first, second, last));
        Assert.False(_flows.TryFind(Frame(Ethernet(Ipv4(Udp17, new byte[8], fragment: 16, id: 6))), out _));
        Assert.False(_flows.TryFind(Frame(Ethernet(Ipv4(Udp17, new byte[8], source: "192.0.2.9", fragment: 16, id: 5))), out _));
    }

    [Fact]
    public void FragmentsOfIPv6_BelongToTheFirstOnesFlow()
    {
        FlowKey whole = Plain(Ipv6(Udp17, Udp(7, 8, new byte[64])));

        FlowKey first = Derived(Ipv6(44, Join([Udp17, 0], U16(1), U32(77), Udp(7, 8, new byte[56], length: 200))));
        FlowKey last = Derived(Ipv6(44, Join([Udp17, 0], U16(8 << 3), U32(77), new byte[64])));

        Assert.Equal((whole, whole), (first, last));
    }

    [Fact]
    public void AnErrorAboutAFragment_RunsAgainstTheFirstOnesFlow()
    {
        FlowKey first = Derived(Ipv4(Udp17, Udp(7, 8, new byte[56], length: 200), fragment: MoreFragments, id: 5));

        Assert.Equal(first.Reversed, Derived(Ipv4(1, Icmp(11, 0, 0, Ipv4(Udp17, new byte[8], fragment: 8, id: 5)), source: B4, destination: A4)));
    }

    [Fact]
    public void PortsBehindExtensionHeaders_AreFound() =>
        Assert.Equal(Plain(Ipv6(Udp17, Udp(7, 8, []))), Derived(Ipv6(60, Join([Udp17, 0, 1, 4, 0, 0, 0, 0], Udp(7, 8, [])), transport: Udp17, skip: 8)));

    [Fact]
    public void AnEchoAndItsAnswer_AreOneFlow()
    {
        FlowKey request = Derived(Ipv4(1, Icmp(8, 0, 0x00070001, [])));
        FlowKey reply = Derived(Ipv4(1, Icmp(0, 0, 0x00070001, []), source: B4, destination: A4));

        Assert.Equal((7, request), (request.SourcePort, reply.Reversed));
    }

    [Fact]
    public void RememberedFragments_AreBounded()
    {
        for (int id = 0; id < 5000; id++)
            Derived(Ipv4(Udp17, Udp(7, 8, new byte[56], length: 200), fragment: MoreFragments, id: id));

        Assert.False(_flows.TryFind(Frame(Ethernet(Ipv4(Udp17, new byte[8], fragment: 16, id: 1))), out _));
        Assert.True(_flows.TryFind(Frame(Ethernet(Ipv4(Udp17, new byte[8], fragment: 16, id: 4999))), out _));
    }

    [Fact]
    public void BrokenFrames_ThrowNothing()
    {
        var random = new Random(TestSeed.Value);
        foreach ((string _, CapturedFrame frame) in FrameSamples.All())
        {
            for (int i = 0; i < 100; i++)
            {
                byte[] bytes = frame.Bytes.ToArray();
                bytes[random.Next(Math.Min(bytes.Length, 80))] = (byte)random.Next(256);
                _flows.TryFind(frame with { Bytes = bytes.AsMemory(0, random.Next(bytes.Length + 1)) }, out _);
            }
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(0xC2, true)]
    [InlineData(0x12, false)]
    [InlineData(0x10, false)]
    public void ASegmentOpens_WithSynAndWithoutAck(int flags, bool opens)
    {
        foreach (byte[] ip in (byte[][])[Ipv4(6, Tcp(1, 2, seq: 77, flags: flags)), Ipv6(6, Tcp(1, 2, seq: 77, flags: flags))])
        {
            byte[] frame = Ethernet(ip);
            Assert.Equal((opens, opens ? 77u : 0), (FlowKey.IsOpening(frame, LinkType.Ethernet, out uint sequence), sequence));
            for (int length = 0; length < frame.Length; length++)
                FlowKey.IsOpening(frame.AsSpan(0, length), LinkType.Ethernet, out _);
        }
    }

    private FlowKey Derived(byte[] ip)
    {
        CapturedFrame frame = Frame(Ethernet(ip));
        Assert.False(FlowKey.TryRead(frame.Bytes.Span, frame.Link, out _));
        Assert.True(_flows.TryFind(frame, out FlowKey key));
        return key;
    }

    private static FlowKey Plain(byte[] ip)
    {
        CapturedFrame frame = Frame(Ethernet(ip));
        Assert.True(FlowKey.TryRead(frame.Bytes.Span, frame.Link, out FlowKey key));
        return key;
    }
}
