using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class IcmpTests
{
    [Theory]
    [InlineData("echo", "echo request")]
    [InlineData("echo6", "echo reply")]
    public void Echoes_HaveNumbers(string sample, string name)
    {
        Packet packet = Sample(sample);

        Assert.Equal((name, 7, 1), (packet.Icmp!.Name, packet.Icmp.Identifier, packet.Icmp.Sequence));
        Assert.Equal(ChecksumState.Correct, packet.Icmp.ChecksumState);
        Assert.Equal([1, 2, 3], packet.Payload.ToArray());
    }

    [Fact]
    public void AnError_QuotesTheFlow()
    {
        IcmpMessage icmp = Sample("unreachable").Icmp!;

        Assert.Equal("unreachable: port", icmp.Name);
        Assert.Equal((B4, A4), (icmp.Quoted!.Ip.Source.ToString(), icmp.Quoted.Ip.Destination.ToString()));
        Assert.Equal((1000, 9), (icmp.Quoted.SourcePort, icmp.Quoted.DestinationPort));
    }

    [Fact]
    public void PacketTooBig_TellsTheMtuAndQuotesTheSegment()
    {
        IcmpMessage icmp = Sample("too big").Icmp!;

        Assert.Equal(("packet too big", 1280), (icmp.Name, icmp.MtuBytes));
        Assert.Equal((5, 6, 77u), (icmp.Quoted!.SourcePort, icmp.Quoted.DestinationPort, icmp.Quoted.Sequence!.Value.Value));
        Assert.Equal(1400, Dissect(Icmp(3, 4, 1400, [])).Icmp!.MtuBytes);
    }

    [Fact]
    public void AQuoteThatIsCut_IsNoFaultOfTheError()
    {
        byte[] quoted = Ipv4(6, Tcp(5, 6));
        Packet packet = Dissect(Icmp(11, 0, 0, quoted[..28]));

        Assert.Equal(("time exceeded: in transit", 5), (packet.Icmp!.Name, packet.Icmp.Quoted!.SourcePort));
        Assert.Empty(packet.Notes);
        Assert.Null(Dissect(Icmp(11, 0, 0, quoted[..22])).Icmp!.Quoted!.SourcePort);
        Assert.Null(Dissect(Icmp(11, 0, 0, quoted[..12])).Icmp!.Quoted);
    }

    [Fact]
    public void Neighbours_AreAskedForAndTold()
    {
        NeighborMessage asked = Sample("ns").Icmp!.Neighbor!;
        NeighborMessage told = Sample("na").Icmp!.Neighbor!;

        Assert.Equal((B6, "02:00:00:00:00:01"), (asked.Target!.ToString(), asked.SourceLink.ToString()));
        Assert.Equal((B6, "02:00:00:00:00:02"), (told.Target!.ToString(), told.TargetLink.ToString()));
        Assert.Equal((false, true, true), (told.IsRouter, told.IsSolicited, told.Overrides));
    }

    [Fact]
    public void Routers_AnnouncePrefixes()
    {
        NeighborMessage asked = Sample("rs").Icmp!.Neighbor!;
        NeighborMessage told = Sample("ra").Icmp!.Neighbor!;

        Assert.Equal("02:00:00:00:00:01", asked.SourceLink.ToString());
        Assert.Equal((64, 1800, 1500), (told.HopLimit, told.RouterLifetimeSeconds, told.MtuBytes));
        NeighborPrefix prefix = Assert.Single(told.Prefixes);
        Assert.Equal(("2001:db8:1::", 64, true, true), (prefix.Prefix.ToString(), prefix.LengthBits, prefix.OnLink, prefix.Autonomous));
        Assert.Equal((86400u, 14400u), (prefix.ValidSeconds, prefix.PreferredSeconds));
    }

    [Fact]
    public void AnOptionWithoutLength_IsNoted()
    {
        byte[] message = Icmp(135, 0, 0, Join(Hex("20010db8000000000000000000000002"), new byte[8]));

        Assert.Equal("icmp6: option 0 is 0 bytes long", Assert.Single(Packet.Dissect(Frame(Ipv6(58, message), LinkType.Raw)).Notes));
    }

    [Fact]
    public void AWrongChecksum_IsNoted()
    {
        byte[] bytes = Ipv4(1, Icmp(8, 0, 1, [1, 2]));
        bytes[^1]++;

        Assert.Equal("icmp: the checksum is wrong", Assert.Single(Packet.Dissect(Frame(bytes, LinkType.Raw)).Notes));
    }

    private static Packet Dissect(byte[] message) => Packet.Dissect(Frame(Ipv4(1, message), LinkType.Raw));

    private static Packet Sample(string name) => Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == name).Frame);
}
