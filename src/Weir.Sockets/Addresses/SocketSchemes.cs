namespace Weir.Sockets;

/// <summary>A set of <see cref="SocketScheme"/> values: what an option applies to.</summary>
[Flags]
public enum SocketSchemes
{
    None = 0,
    Tcp = 1 << SocketScheme.Tcp,
    Tcp4 = 1 << SocketScheme.Tcp4,
    Tcp6 = 1 << SocketScheme.Tcp6,
    Udp = 1 << SocketScheme.Udp,
    Udp4 = 1 << SocketScheme.Udp4,
    Udp6 = 1 << SocketScheme.Udp6,
    Unix = 1 << SocketScheme.Unix,
    UnixGram = 1 << SocketScheme.UnixGram,
    UnixPacket = 1 << SocketScheme.UnixPacket,

    /// <summary>An inherited descriptor can be any socket, so every option of the kernel's is tried on it.</summary>
    Fd = 1 << SocketScheme.Fd,

    AnyTcp = Tcp | Tcp4 | Tcp6,
    AnyUdp = Udp | Udp4 | Udp6,
    AnyIP = AnyTcp | AnyUdp,
    AnyUnix = Unix | UnixGram | UnixPacket,

    /// <summary>The schemes whose sockets can carry IPv6.</summary>
    AnyIPv6 = Tcp | Tcp6 | Udp | Udp6,

    /// <summary>The schemes whose sockets can carry IPv4.</summary>
    AnyIPv4 = Tcp | Tcp4 | Udp | Udp4,

    /// <summary>The schemes that have listen(2) and accept(2).</summary>
    AnyConnection = AnyTcp | Unix | UnixPacket,

    All = AnyIP | AnyUnix | Fd,
}
