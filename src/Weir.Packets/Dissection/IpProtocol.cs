namespace Weir.Packets.Dissection;

/// <summary>What an IP packet carries (IANA's protocol numbers), IPv6 extension headers included.</summary>
public enum IpProtocol
{
    HopByHopOptions = 0,
    Icmp = 1,
    Igmp = 2,
    IpInIp = 4,
    Tcp = 6,
    Udp = 17,
    Ipv6InIp = 41,
    Routing = 43,
    Fragment = 44,
    Gre = 47,
    EncryptedPayload = 50,
    Authentication = 51,
    Icmpv6 = 58,
    NoNext = 59,
    DestinationOptions = 60,
    Sctp = 132,
    Mobility = 135,
    UdpLite = 136,
    HostIdentity = 139,
    Shim6 = 140,
}
