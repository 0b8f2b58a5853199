namespace Weir.Sockets;

/// <summary>The part of an address before <c>://</c>: which kind of socket it names.</summary>
public enum SocketScheme
{
    /// <summary>TCP over IPv6 or IPv4; an empty host listens on both through one socket.</summary>
    Tcp,

    /// <summary>TCP over IPv4 only.</summary>
    Tcp4,

    /// <summary>TCP over IPv6 only (IPV6_V6ONLY is on).</summary>
    Tcp6,

    /// <summary>UDP over IPv6 or IPv4.</summary>
    Udp,

    /// <summary>UDP over IPv4 only.</summary>
    Udp4,

    /// <summary>UDP over IPv6 only (IPV6_V6ONLY is on).</summary>
    Udp6,

    /// <summary>A unix stream socket, see unix(7).</summary>
    Unix,

    /// <summary>A unix datagram socket.</summary>
    UnixGram,

    /// <summary>A unix sequenced-packet socket: connections that keep message boundaries.</summary>
    UnixPacket,

    /// <summary>A descriptor that the process inherited, as in socket activation.</summary>
    Fd,
}
