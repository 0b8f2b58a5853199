using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>The level argument of getsockopt(2) and setsockopt(2): the layer that owns an option.</summary>
public enum OptionLevel
{
    /// <summary>No option of the kernel's: a parameter of listening.</summary>
    None = -1,
    IP = IPPROTO_IP,
    Socket = SOL_SOCKET,
    Tcp = IPPROTO_TCP,
    Udp = IPPROTO_UDP,
    IPv6 = IPPROTO_IPV6,
}
