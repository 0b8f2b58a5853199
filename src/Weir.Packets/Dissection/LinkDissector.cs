using System.Buffers.Binary;

namespace Weir.Packets.Dissection;

/// <summary>The frame's outermost header and its VLAN tags.</summary>
internal static class LinkDissector
{
    /// <summary>The most tags that are read; two are usual.</summary>
    public const int MaxVlanTags = 8;

    private const int EthernetBytes = 14;
    private const int CookedBytes = 16;
    private const int CookedV2Bytes = 20;
    private const int TagBytes = 4;
    private const int FamilyBytes = 4;

    public static void Dissect(Packet packet, Layer frame)
    {
        packet.Carry(frame);
        if (!frame.IsWhole)
            packet.Note($"frame: {frame.Bytes.Length} of {frame.WireBytes} bytes were captured");
        switch (packet.Frame.Link)
        {
            case LinkType.Ethernet: Ethernet(packet, frame); break;
            case LinkType.LinuxCooked: Cooked(packet, frame); break;
            case LinkType.LinuxCookedV2: CookedV2(packet, frame); break;
            case LinkType.Null: Family(packet, frame); break;
            case LinkType.Raw: Raw(packet, frame); break;
            case LinkType.Ipv4: Network(packet, EtherType.Ipv4, frame); break;
            case LinkType.Ipv6: Network(packet, EtherType.Ipv6, frame); break;
            default: packet.Note($"frame: link type {(int)packet.Frame.Link} is not known"); break;
        }
    }

    private static void Ethernet(Packet packet, Layer frame)
    {
        if (!packet.Holds(frame, EthernetBytes, "ethernet"))
            return;
        ReadOnlySpan<byte> bytes = frame.Span;
        var type = (EtherType)frame.UInt16(12);
        packet.Ethernet = new EthernetHeader(new LinkAddress(bytes[..6]), new LinkAddress(bytes[6..12]), type);
        Tagged(packet, type, frame.Skip(EthernetBytes));
    }

    private static void Cooked(Packet packet, Layer frame)
    {
        if (!packet.Holds(frame, CookedBytes, "sll"))
            return;
        var protocol = (EtherType)frame.UInt16(14);
        packet.Cooked = new CookedHeader
        {
            Version = 1,
            PacketType = (CookedPacketType)frame.UInt16(0),
            HardwareType = frame.UInt16(2),
            Address = new LinkAddress(frame.Span.Slice(6, Math.Min(frame.UInt16(4), LinkAddress.MaxBytes))),
            Protocol = protocol,
        };
        Tagged(packet, protocol, frame.Skip(CookedBytes));
    }

    private static void CookedV2(Packet packet, Layer frame)
    {
        if (!packet.Holds(frame, CookedV2Bytes, "sll2"))
            return;
        ReadOnlySpan<byte> bytes = frame.Span;
        var protocol = (EtherType)frame.UInt16(0);
        packet.Cooked = new CookedHeader
        {
            Version = 2,
            Protocol = protocol,
            InterfaceIndex = (int)frame.UInt32(4),
            HardwareType = frame.UInt16(8),
            PacketType = (CookedPacketType)bytes[10],
            Address = new LinkAddress(bytes.Slice(12, Math.Min((int)bytes[11], LinkAddress.MaxBytes))),
        };
        Tagged(packet, protocol, frame.Skip(CookedV2Bytes));
    }

    private static void Family(Packet packet, Layer frame)
    {
        if (!packet.Holds(frame, FamilyBytes, "null"))
            return;
        uint family = frame.UInt32(0);
        // It is in the capturing machine's order, and a family is a small number.
        if (family > ushort.MaxValue)
            family = BinaryPrimitives.ReverseEndianness(family);
        // AF_INET6 is 10 on Linux, 24, 28 or 30 on the BSDs.
        EtherType type = family switch
        {
            2 => EtherType.Ipv4,
            10 or 24 or 28 or 30 => EtherType.Ipv6,
            _ => EtherType.None,
        };
        if (type == EtherType.None)
            packet.Note($"null: address family {family} is not known");
        Network(packet, type, frame.Skip(FamilyBytes));
    }

    private static void Raw(Packet packet, Layer frame)
    {
        if (!packet.Holds(frame, 1, "ip"))
            return;
        int version = frame.Span[0] >> 4;
        if (version is not (4 or 6))
            packet.Note($"ip: version {version} is not known");
        Network(packet, version switch { 4 => EtherType.Ipv4, 6 => EtherType.Ipv6, _ => EtherType.None }, frame);
    }

    private static void Tagged(Packet packet, EtherType type, Layer rest)
    {
        List<VlanTag>? tags = null;
        while (type is EtherType.Vlan or EtherType.ServiceVlan or EtherType.OldServiceVlan)
        {
            if (tags?.Count == MaxVlanTags)
            {
                packet.Note($"vlan: more than {MaxVlanTags} tags");
                break;
            }

            if (!packet.Holds(rest, TagBytes, "vlan", "tag"))
                break;
            int control = rest.UInt16(0);
            packet.Vlans = tags ??= [];
            tags.Add(new VlanTag(type, Id: control & 0xFFF, Priority: control >> 13, DropEligible: (control & 0x1000) != 0));
            type = (EtherType)rest.UInt16(2);
            rest = rest.Skip(TagBytes);
        }

        Network(packet, type, rest);
    }

    private static void Network(Packet packet, EtherType type, Layer rest)
    {
        packet.EtherType = type;
        packet.Carry(rest);
        switch (type)
        {
            case EtherType.Ipv4: Ipv4Dissector.Dissect(packet, rest); break;
            case EtherType.Ipv6: Ipv6Dissector.Dissect(packet, rest); break;
            case EtherType.Arp: ArpDissector.Dissect(packet, rest); break;
        }
    }
}
