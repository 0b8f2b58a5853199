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
}
