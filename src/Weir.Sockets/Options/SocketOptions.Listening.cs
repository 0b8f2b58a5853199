namespace Weir.Sockets;

// Parameters of listening: they ride in the query and have a name in the table, but no setsockopt(2).
public static partial class SocketOptions
{
    /// <summary>Connections that wait for accept; the kernel caps it at net.core.somaxconn.</summary>
    public static SocketOption<int> Backlog { get; } = new(new IntCodec(1, int.MaxValue))
    {
        Name = "backlog",
        Level = OptionLevel.None,
        Unit = "connections",
        Summary = "connections that may wait for accept, up to net.core.somaxconn",
        ManPage = "listen(2)",
        FirstKernel = new(2, 0),
        Access = SocketOptionAccess.Write,
        WritableUntil = SocketOptionDeadline.Listen,
        AppliesTo = SocketSchemes.AnyConnection | SocketSchemes.Fd,
    };

    /// <summary>Permissions of the path of a unix socket; who may not write cannot connect.</summary>
    public static SocketOption<UnixFileMode> Mode { get; } = new(FileModeCodec.Instance)
    {
        Name = "mode",
        Level = OptionLevel.None,
        Summary = "permissions of the path; who may not write cannot connect",
        ManPage = "unix(7)",
        FirstKernel = new(2, 0),
        Access = SocketOptionAccess.Write,
        WritableUntil = SocketOptionDeadline.Bind,
        AppliesTo = SocketSchemes.AnyUnix,
    };

    /// <summary>A multicast group whose datagrams are received as well.</summary>
    public static SocketOption<MulticastGroup> Join { get; } = new(MulticastGroupCodec.Instance)
    {
        Name = "join",
        Level = OptionLevel.None,
        Summary = "receive what is sent to this multicast group as well",
        ManPage = "ip(7)",
        FirstKernel = new(2, 6, 0),
        Access = SocketOptionAccess.Write,
        WritableUntil = SocketOptionDeadline.Close,
        AppliesTo = SocketSchemes.AnyUdp | SocketSchemes.Fd,
    };
}
