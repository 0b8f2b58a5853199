using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// Level IPPROTO_IPV6.
public static partial class SocketOptions
{
    /// <summary>An IPv6 socket takes no IPv4. The scheme decides it (tcp6 on, tcp off) unless a query does.</summary>
    public static SocketOption<bool> IPv6Only { get; } = new(FlagCodec.Instance)
    {
        Name = "v6only",
        KernelName = nameof(IPV6_V6ONLY),
        Level = OptionLevel.IPv6,
        Number = IPV6_V6ONLY,
        Summary = "take IPv6 only; off lets IPv4 in as ::ffff:a.b.c.d",
        ManPage = "ipv6(7)",
        FirstKernel = new(2, 4, 21),
        WritableUntil = SocketOptionDeadline.Bind,
        AppliesTo = SocketSchemes.AnyIPv6 | SocketSchemes.Fd,
    };

    /// <summary>Each datagram of an IPv6 socket comes with its destination address and interface.</summary>
    public static SocketOption<bool> PacketInfo6 { get; } = new(FlagCodec.Instance)
    {
        Name = "v6pktinfo",
        KernelName = nameof(IPV6_RECVPKTINFO),
        Level = OptionLevel.IPv6,
        Number = IPV6_RECVPKTINFO,
        Summary = "tell the destination address and interface of each datagram",
        ManPage = "ipv6(7)",
        FirstKernel = new(2, 6, 14),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp6 | SocketSchemes.Fd,
    };

    /// <summary>ICMPv6 errors are queued with the destination that they are about.</summary>
    public static SocketOption<bool> ReceiveErrors6 { get; } = new(FlagCodec.Instance)
    {
        Name = "v6recverr",
        KernelName = nameof(IPV6_RECVERR),
        Level = OptionLevel.IPv6,
        Number = IPV6_RECVERR,
        Summary = "keep ICMPv6 errors with the datagram that they are about",
        ManPage = "ipv6(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp6 | SocketSchemes.Fd,
    };

    /// <summary>How far IPv6 multicast datagrams go; -1 is the kernel's own value.</summary>
    public static SocketOption<int> MulticastHops6 { get; } = new(new IntCodec(-1, 255))
    {
        Name = "v6multicast_hops",
        KernelName = nameof(IPV6_MULTICAST_HOPS),
        Level = OptionLevel.IPv6,
        Number = IPV6_MULTICAST_HOPS,
        Unit = "hops",
        Summary = "routers that an IPv6 multicast datagram may pass, plus one",
        ManPage = "ipv6(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp6 | SocketSchemes.Fd,
    };

    /// <summary>What this socket sends to an IPv6 group is delivered on this machine as well.</summary>
    public static SocketOption<bool> MulticastLoop6 { get; } = new(FlagCodec.Instance)
    {
        Name = "v6multicast_loop",
        KernelName = nameof(IPV6_MULTICAST_LOOP),
        Level = OptionLevel.IPv6,
        Number = IPV6_MULTICAST_LOOP,
        Summary = "deliver own IPv6 multicast datagrams on this machine too",
        ManPage = "ipv6(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp6 | SocketSchemes.Fd,
    };
}
