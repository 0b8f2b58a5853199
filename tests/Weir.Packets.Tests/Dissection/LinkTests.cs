using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class LinkTests
{
    public static TheoryData<string> SampleNames => [.. FrameSamples.All().Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void RightFrames_HaveNoNotes(string name) =>
        Assert.Empty(Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == name).Frame).Notes);

    [Fact]
    public void Ethernet_TellsBothAddresses()
    {
        Packet packet = Sample("tcp4");

        Assert.Equal("02:00:00:00:00:01", packet.Ethernet!.Source.ToString());
        Assert.Equal("02:00:00:00:00:02", packet.Ethernet.Destination.ToString());
        Assert.Equal(EtherType.Ipv4, packet.EtherType);
    }

    [Fact]
    public void StackedTags_AreReadFromTheOutside()
    {
        Packet packet = Sample("qinq");

        Assert.Equal(
            [new VlanTag(EtherType.ServiceVlan, 100, 0, false), new VlanTag(EtherType.Vlan, 101, 0, false)], packet.Vlans);
        Assert.Equal(2, packet.Udp!.DestinationPort);
        Assert.Equal([new VlanTag(EtherType.Vlan, 100, 3, false)], Sample("vlan").Vlans);
    }

    [Fact]
    public void TagsWithoutEnd_AreLimited()
    {
        Packet packet = Packet.Dissect(Frame(Ethernet(0x8100, Hex(string.Concat(Enumerable.Repeat("00018100", 200))))));

        Assert.Equal(LinkDissector.MaxVlanTags, packet.Vlans.Count);
        Assert.Equal("vlan: more than 8 tags", Assert.Single(packet.Notes));
    }

    [Fact]
    public void CookedFrames_TellInterfaceAndDirection()
    {
        CookedHeader first = Sample("sll").Cooked!;
        CookedHeader second = Sample("sll2").Cooked!;

        Assert.Equal((1, CookedPacketType.FromUs, 1, "02:00:00:00:00:01"), (first.Version, first.PacketType, first.HardwareType, first.Address.ToString()));
        Assert.Equal((2, CookedPacketType.FromUs, 3, EtherType.Ipv6), (second.Version, second.PacketType, second.InterfaceIndex, second.Protocol));
    }

    [Theory]
    [InlineData("raw4", 4)]
    [InlineData("raw6", 6)]
    [InlineData("ipv4", 4)]
    [InlineData("ipv6", 6)]
    [InlineData("null", 4)]
    [InlineData("null6", 6)]
    [InlineData("sll", 4)]
    [InlineData("sll2", 6)]
    public void EveryLinkType_LeadsToIp(string name, int version)
    {
        Packet packet = Sample(name);

        Assert.Equal(version, packet.Ip!.Version);
        Assert.Equal([1, 2, 3], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData("0a000000")]
    [InlineData("0000000a")]
    [InlineData("18000000")]
    [InlineData("1c000000")]
    public void TheFamilyOfIpv6_IsEachSystemsOwn(string family) =>
        Assert.Equal(6, Packet.Dissect(Frame(Join(Hex(family), Ipv6(59, [])), LinkType.Null)).Ip!.Version);

    [Fact]
    public void Arp_TellsWhoAsksForWhom()
    {
        ArpHeader arp = Sample("arp").Arp!;

        Assert.Equal((ArpOperation.Request, A4, B4), (arp.Operation, arp.Sender.ToString(), arp.Target.ToString()));
        Assert.Equal("02:00:00:00:00:01", arp.SenderLink.ToString());
    }

    [Fact]
    public void UnknownLinks_AreNoted()
    {
        Assert.Equal("frame: link type 147 is not known", Assert.Single(Packet.Dissect(Frame([1, 2], (LinkType)147)).Notes));
        Assert.Equal("null: address family 99 is not known", Assert.Single(Packet.Dissect(Frame(Hex("63000000"), LinkType.Null)).Notes));
        Assert.Equal("ip: version 9 is not known", Assert.Single(Packet.Dissect(Frame([0x90], LinkType.Raw)).Notes));
    }

    private static Packet Sample(string name) => Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == name).Frame);
}
