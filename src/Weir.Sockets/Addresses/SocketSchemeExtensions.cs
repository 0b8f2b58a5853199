using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>What follows from a scheme: its text, its kind of socket, its address family.</summary>
public static class SocketSchemeExtensions
{
    private static readonly string[] s_names =
        ["tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket", "fd"];

    internal static IReadOnlyList<string> Names => s_names;

    /// <summary>The scheme as it is written in a URL: <c>tcp4</c>, <c>unixpacket</c>.</summary>
    public static string Name(this SocketScheme scheme) => s_names[(int)scheme];

    public static bool IsIP(this SocketScheme scheme) => scheme <= SocketScheme.Udp6;

    public static bool IsUnix(this SocketScheme scheme) => SocketSchemes.AnyUnix.Includes(scheme);

    public static bool IsTcp(this SocketScheme scheme) => scheme is SocketScheme.Tcp or SocketScheme.Tcp4 or SocketScheme.Tcp6;

    public static bool IsUdp(this SocketScheme scheme) => scheme is SocketScheme.Udp or SocketScheme.Udp4 or SocketScheme.Udp6;

    /// <summary>Whether the scheme's sockets send datagrams: udp, udp4, udp6, unixgram.</summary>
    public static bool IsDatagram(this SocketScheme scheme) => scheme.IsUdp() || scheme == SocketScheme.UnixGram;

    /// <summary>Whether the scheme's connections are streams of bytes: tcp, tcp4, tcp6, unix.</summary>
    public static bool IsStream(this SocketScheme scheme) => scheme.IsTcp() || scheme == SocketScheme.Unix;

    /// <summary>Whether the scheme's sockets listen, accept and connect; false for datagrams and for fd, which may be either.</summary>
    public static bool IsConnection(this SocketScheme scheme) => SocketSchemes.AnyConnection.Includes(scheme);

    /// <summary>Whether the scheme's sockets can hold an IPv4 address.</summary>
    public static bool AllowsIPv4(this SocketScheme scheme) => SocketSchemes.AnyIPv4.Includes(scheme);

    /// <summary>Whether the scheme's sockets can hold an IPv6 address.</summary>
    public static bool AllowsIPv6(this SocketScheme scheme) => SocketSchemes.AnyIPv6.Includes(scheme);

    /// <summary>The type that socket(2) takes, one of SOCK_STREAM, SOCK_DGRAM and SOCK_SEQPACKET.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The scheme is <see cref="SocketScheme.Fd"/>: ask the descriptor (SO_TYPE).</exception>
    public static int SocketType(this SocketScheme scheme) => scheme switch
    {
        SocketScheme.Tcp or SocketScheme.Tcp4 or SocketScheme.Tcp6 or SocketScheme.Unix => SOCK_STREAM,
        SocketScheme.Udp or SocketScheme.Udp4 or SocketScheme.Udp6 or SocketScheme.UnixGram => SOCK_DGRAM,
        SocketScheme.UnixPacket => SOCK_SEQPACKET,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "An inherited descriptor has the type that it was made with."),
    };

    public static SocketSchemes ToSet(this SocketScheme scheme) => (SocketSchemes)(1 << (int)scheme);

    public static bool Includes(this SocketSchemes schemes, SocketScheme scheme) => (schemes & scheme.ToSet()) != SocketSchemes.None;

    /// <summary>The set as text: <c>tcp, tcp4, tcp6</c>.</summary>
    public static string Describe(this SocketSchemes schemes) =>
        string.Join(", ", Enum.GetValues<SocketScheme>().Where(scheme => schemes.Includes(scheme)).Select(Name));

    internal static bool TryParse(ReadOnlySpan<char> text, out SocketScheme scheme)
    {
        for (int i = 0; i < s_names.Length; i++)
        {
            if (!text.Equals(s_names[i], StringComparison.OrdinalIgnoreCase)) continue;
            scheme = (SocketScheme)i;
            return true;
        }

        scheme = default;
        return false;
    }
}
