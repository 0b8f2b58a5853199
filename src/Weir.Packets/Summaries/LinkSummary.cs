using System.Text;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary>What is below IP: interface, VLAN, ARP, and frames of other kinds.</summary>
internal static class LinkSummary
{
    // ARPHRD_LOOPBACK of linux/if_arp.h: everything there is both sent and received.
    private const int LoopbackHardware = 772;

    public static void AppendPlace(StringBuilder line, Packet packet, SummaryOptions options)
    {
        if (packet.Cooked is { Version: 2 } cooked && options.InterfaceNames is { } names)
        {
            if (names.TryGetValue(cooked.InterfaceIndex, out string? name))
                line.Append(name);
            else
                line.Append("if").Append(cooked.InterfaceIndex);
            line.Append(cooked.HardwareType == LoopbackHardware ? "" : Direction(cooked.PacketType)).Append(' ');
        }

        for (int index = 0; index < packet.Vlans.Count; index++)
            line.Append(index == 0 ? "vlan " : ".").Append(packet.Vlans[index].Id);
        if (packet.Vlans.Count > 0)
            line.Append(' ');
        if (options.LinkAddresses && packet.Ip is not null && packet.Ethernet is { } ethernet)
            line.Append(ethernet.Source).Append(" > ").Append(ethernet.Destination).Append(' ');
    }

    public static void Append(StringBuilder line, Packet packet)
    {
        if (packet.Ethernet is { } ethernet)
            line.Append(ethernet.Source).Append(" > ").Append(ethernet.Destination.IsBroadcast ? "all" : ethernet.Destination.ToString()).Append(' ');
        else if (packet.Cooked is { Address.LengthBytes: > 0 } cooked)
            line.Append(cooked.Address).Append(' ');
        line.Append(ProtocolNames.Of(packet.EtherType)).Append(' ');
        if (packet.Arp is { } arp)
            AppendArp(line, arp);
        else
            line.Append(packet.PayloadBytes).Append(" bytes");
    }

    private static void AppendArp(StringBuilder line, ArpHeader arp)
    {
        switch (arp.Operation)
        {
            case ArpOperation.Request when arp.IsProbe: line.Append("probe ").Append(arp.Target); break;
            case ArpOperation.Request when arp.IsGratuitous: line.Append("announce ").Append(arp.Sender).Append(" is-at ").Append(arp.SenderLink); break;
            case ArpOperation.Request: line.Append("who-has ").Append(arp.Target).Append(" tell ").Append(arp.Sender); break;
            case ArpOperation.Reply: line.Append(arp.Sender).Append(" is-at ").Append(arp.SenderLink); break;
            default: line.Append("operation ").Append((int)arp.Operation).Append(" from ").Append(arp.SenderLink); break;
        }
    }

    private static string Direction(CookedPacketType type) => type switch
    {
        CookedPacketType.ToUs => " in",
        CookedPacketType.Broadcast => " broadcast",
        CookedPacketType.Multicast => " multicast",
        CookedPacketType.ToOthers => " others",
        CookedPacketType.FromUs => " out",
        _ => " ?",
    };
}
