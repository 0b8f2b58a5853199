using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class IpTests
{
    [Fact]
    public void Ipv4_TellsEveryField()
    {
        byte[] bytes = Ipv4(6, Tcp(1, 2), options: Hex("94040000"), ttl: 7, id: 0xABCD, tos: 0xB9);
        IpHeader ip = Packet.Dissect(Frame(bytes, LinkType.Raw)).Ip!;

        Assert.Equal((4, A4, B4, IpProtocol.Tcp), (ip.Version, ip.Source.ToString(), ip.Destination.ToString(), ip.Protocol));
        Assert.Equal((7, 0xABCDu, 46, 1), (ip.HopLimit, ip.Identification, ip.Dscp, ip.Ecn));
        Assert.Equal((24, 4, 44), (ip.HeaderBytes, ip.OptionsBytes, ip.TotalBytes));
        Assert.Equal((true, false, 0), (ip.DontFragment, ip.MoreFragments, ip.FragmentOffsetBytes));
        Assert.Equal(ChecksumState.Correct, ip.ChecksumState);
    }

    [Fact]
    public void AWrongHeaderChecksum_IsNoted()
    {
        byte[] bytes = Ipv4(6, Tcp(1, 2));
        bytes[8]++;
        Packet packet = Packet.Dissect(Frame(bytes, LinkType.Raw));

        Assert.Equal(ChecksumState.Wrong, packet.Ip!.ChecksumState);
        Assert.StartsWith("ip: the header's checksum is wrong: 0x", Assert.Single(packet.Notes), StringComparison.Ordinal);
        Assert.NotNull(packet.Tcp);
    }

    [Fact]
    public void Padding_IsNoPayload()
    {
        byte[] padded = Join(Ethernet(Ipv4(6, Tcp(1, 2, payload: [7]))), new byte[5]);
        byte[] padded6 = Join(Ethernet(Ipv6(17, Udp(1, 2, [7]))), new byte[5]);

        Assert.Equal([7], Packet.Dissect(Frame(padded)).Payload.ToArray());
        Assert.Equal([7], Packet.Dissect(Frame(padded6)).Payload.ToArray());
    }

    [Fact]
    public void ATotalLengthOfZero_IsTheFrames()
    {
        byte[] joined = Ethernet(Ipv4(6, Tcp(1, 2, payload: new byte[70_000]), total: 0));
        Packet packet = Packet.Dissect(Frame(joined));

        Assert.Equal((70_000, 70_040), (packet.PayloadBytes, packet.Ip!.TotalBytes));
        Assert.Empty(packet.Notes);
        Assert.Equal(70_000, Packet.Dissect(Frame(Ipv6(6, Tcp(1, 2, payload: new byte[70_000]), length: 0), LinkType.Raw)).PayloadBytes);
    }

    [Fact]
    public void ACutCapture_StillTellsThePayloadsLength()
    {
        byte[] whole = Ethernet(Ipv4(6, Tcp(1, 2, payload: new byte[1000])));
        Packet packet = Packet.Dissect(Frame(whole[..60], original: whole.Length));

        Assert.Equal((1000, 6), (packet.PayloadBytes, packet.Payload.Length));
        Assert.Equal($"frame: 60 of {whole.Length} bytes were captured", Assert.Single(packet.Notes));
    }

    [Fact]
    public void Fragments_TellTheirPlace()
    {
        Packet first = Packet.Dissect(Frame(Ipv4(17, Udp(1, 2, new byte[16], length: 100), fragment: 0x2000), LinkType.Raw));
        Packet last = Packet.Dissect(Frame(Ipv4(17, new byte[76], fragment: 3), LinkType.Raw));

        Assert.Equal((true, 0, true), (first.Ip!.MoreFragments, first.Ip.FragmentOffsetBytes, first.Udp is not null));
        Assert.Equal((false, 24, false), (last.Ip!.MoreFragments, last.Ip.FragmentOffsetBytes, last.Udp is not null));
        Assert.Equal(76, last.PayloadBytes);
    }

    [Fact]
    public void Ipv6_IsReadThroughItsExtensionHeaders()
    {
        Packet packet = Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == "extensions").Frame);

        Assert.Equal(
            [new(IpProtocol.HopByHopOptions, 8), new(IpProtocol.Routing, 24), new ExtensionHeader(IpProtocol.DestinationOptions, 8)],
            packet.Ip!.Extensions);
        Assert.Equal((IpProtocol.Tcp, 80, 0x12345), (packet.Ip.Protocol, packet.Ip.HeaderBytes, packet.Ip.FlowLabel));
        Assert.Equal(2000, packet.Tcp!.DestinationPort);
    }

    [Fact]
    public void Ipv6Fragments_TellTheirPlace()
    {
        Packet first = Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == "fragment6").Frame);
        Packet later = Packet.Dissect(Frame(Ipv6(44, Join(Hex("0600 0011 0000002a"), new byte[9])), LinkType.Raw));

        Assert.Equal((true, 0x2Au, 2), (first.Ip!.MoreFragments, first.Ip.Identification, first.Udp!.DestinationPort));
        Assert.Equal((16, true, 9), (later.Ip!.FragmentOffsetBytes, later.Tcp is null, later.PayloadBytes));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(59)]
    public void EncryptedPayloadAndNoNextHeader_EndTheChain(int next)
    {
        Packet packet = Packet.Dissect(Frame(Ipv6(next, new byte[16]), LinkType.Raw));

        Assert.Equal(((IpProtocol)next, 16), (packet.Ip!.Protocol, packet.PayloadBytes));
        Assert.Empty(packet.Notes);
    }

    [Fact]
    public void AChainWithoutEnd_IsLimited()
    {
        byte[] chain = Hex(string.Concat(Enumerable.Repeat("3c00000000000000", 100)));
        Packet packet = Packet.Dissect(Frame(Ipv6(60, chain), LinkType.Raw));

        Assert.Equal(ExtensionChain.MaxHeaders, packet.Ip!.Extensions.Count);
        Assert.Equal("ip6: more than 16 extension headers", Assert.Single(packet.Notes));
    }

    [Fact]
    public void Lengths_ThatCannotBe_AreNoted()
    {
        Assert.Contains("ip: 60 bytes announced, 40 came", Notes(Ipv4(6, Tcp(1, 2), total: 60)));
        Assert.Contains("ip: 10 bytes announced, and a header of 20", Notes(Ipv4(6, Tcp(1, 2), total: 10)));
        Assert.Contains("ip6: 100 bytes announced, 60 came", Notes(Ipv6(6, Tcp(1, 2), length: 60)));
        Assert.Contains("ip6: the routing header is cut off at 8 of 16 bytes", Notes(Ipv6(43, Hex("0601000000000000"))));
        Assert.Contains("ip: a header of 16 bytes", Notes(Join([0x44], new byte[30])));
    }

    private static IReadOnlyList<string> Notes(byte[] bytes) => Packet.Dissect(Frame(bytes, LinkType.Raw)).Notes;
}
