using System.Globalization;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary>Protocols as lines call them.</summary>
internal static class ProtocolNames
{
    public static string Of(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Icmp => "icmp",
        IpProtocol.Icmpv6 => "icmp6",
        IpProtocol.Igmp => "igmp",
        IpProtocol.Gre => "gre",
        IpProtocol.Sctp => "sctp",
        IpProtocol.UdpLite => "udplite",
        IpProtocol.IpInIp => "ip-in-ip",
        IpProtocol.Ipv6InIp => "ip6-in-ip",
        IpProtocol.EncryptedPayload => "esp",
        IpProtocol.NoNext => "no next header,",
        _ => string.Create(CultureInfo.InvariantCulture, $"protocol {(int)protocol},"),
    };

    public static string Of(EtherType type) => type switch
    {
        EtherType.Ipv4 => "ip",
        EtherType.Ipv6 => "ip6",
        EtherType.Arp => "arp",
        EtherType.Lldp => "lldp",
        EtherType.Mpls => "mpls",
        EtherType.PppoeSession => "pppoe",
        EtherType.Eapol => "eapol",
        EtherType.Vlan or EtherType.ServiceVlan or EtherType.OldServiceVlan => "vlan",
        EtherType.None => "frame",
        _ when (int)type < 0x600 => "802.3",
        _ => string.Create(CultureInfo.InvariantCulture, $"ethertype 0x{(int)type:x4},"),
    };
}
