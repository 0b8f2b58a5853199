using System.Text;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary><c>icmp unreachable: port (udp 192.0.2.1:40000 > 192.0.2.2:9)</c>.</summary>
internal static class IcmpSummary
{
    public static void Append(StringBuilder line, Packet packet, IcmpMessage icmp)
    {
        line.Append(icmp.Version == 4 ? " icmp " : " icmp6 ").Append(icmp.Name);
        if (icmp.Identifier is { } id)
            line.Append(" id ").Append(id).Append(" seq ").Append(icmp.Sequence).Append(", ").Append(packet.PayloadBytes).Append(" bytes");
        if (icmp.MtuBytes is { } mtu)
            line.Append(" mtu ").Append(mtu);
        if (icmp.Gateway is { } gateway)
            line.Append(" to ").Append(gateway);
        if (icmp.Quoted is { } quoted)
            AppendQuoted(line, quoted);
        if (icmp.Neighbor is { } neighbor)
            AppendNeighbor(line, neighbor);
    }

    private static void AppendQuoted(StringBuilder line, QuotedPacket quoted)
    {
        line.Append(" (").Append(ProtocolNames.Of(quoted.Ip.Protocol)).Append(' ');
        PacketSummary.AppendEndpoint(line, quoted.Ip.Source, quoted.SourcePort);
        line.Append(" > ");
        PacketSummary.AppendEndpoint(line, quoted.Ip.Destination, quoted.DestinationPort);
        line.Append(')');
    }

    private static void AppendNeighbor(StringBuilder line, NeighborMessage neighbor)
    {
        if (neighbor.RouterLifetimeSeconds is { } lifetime)
            line.Append(" lifetime ").Append(lifetime).Append(" s");
        if (neighbor.Destination is { } destination)
            line.Append(' ').Append(destination).Append(" via ").Append(neighbor.Target);
        else if (neighbor.Target is { } target && neighbor.TargetLink is null)
            line.Append(" who-has ").Append(target);
        else if (neighbor.Target is { } told)
            line.Append(' ').Append(told).Append(" is-at ").Append(neighbor.TargetLink);
        foreach (NeighborPrefix prefix in neighbor.Prefixes)
            line.Append(" prefix ").Append(prefix.Prefix).Append('/').Append(prefix.LengthBits);
        if (neighbor.MtuBytes is { } mtu)
            line.Append(" mtu ").Append(mtu);
        if (neighbor.SourceLink is { } source)
            line.Append(" from ").Append(source);
        line.Append(neighbor.IsRouter ? " router" : "").Append(neighbor.IsSolicited ? " solicited" : "").Append(neighbor.Overrides ? " override" : "");
    }
}
