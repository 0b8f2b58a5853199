using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// Level IPPROTO_IP.
public static partial class SocketOptions
{
    /// <summary>Each IPv4 datagram comes with its destination address and interface.</summary>
    public static SocketOption<bool> PacketInfo { get; } = new(FlagCodec.Instance)
    {
        Name = "pktinfo",
        KernelName = nameof(IP_PKTINFO),
        Level = OptionLevel.IP,
        Number = IP_PKTINFO,
        Summary = "tell the destination address and interface of each IPv4 datagram",
        ManPage = "ip(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp4 | SocketSchemes.Fd,
    };

    /// <summary>ICMP errors are queued with the destination that they are about.</summary>
    public static SocketOption<bool> ReceiveErrors { get; } = new(FlagCodec.Instance)
    {
        Name = "recverr",
        KernelName = nameof(IP_RECVERR),
        Level = OptionLevel.IP,
        Number = IP_RECVERR,
        Summary = "keep ICMP errors with the datagram that they are about",
        ManPage = "ip(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp4 | SocketSchemes.Fd,
    };

    /// <summary>How far IPv4 multicast datagrams go: 0 stays on this machine, 1 on the local network.</summary>
    public static SocketOption<int> MulticastTimeToLive { get; } = new(new IntCodec(0, 255))
    {
        Name = "multicast_ttl",
        KernelName = nameof(IP_MULTICAST_TTL),
        Level = OptionLevel.IP,
        Number = IP_MULTICAST_TTL,
        Unit = "hops",
        Summary = "routers that an IPv4 multicast datagram may pass, plus one",
        ManPage = "ip(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp4 | SocketSchemes.Fd,
    };

    /// <summary>What this socket sends to an IPv4 group is delivered on this machine as well.</summary>
    public static SocketOption<bool> MulticastLoop { get; } = new(FlagCodec.Instance)
    {
        Name = "multicast_loop",
        KernelName = nameof(IP_MULTICAST_LOOP),
        Level = OptionLevel.IP,
        Number = IP_MULTICAST_LOOP,
        Summary = "deliver own IPv4 multicast datagrams on this machine too",
        ManPage = "ip(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp4 | SocketSchemes.Fd,
    };
}
