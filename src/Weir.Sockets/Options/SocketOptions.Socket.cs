using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// Level SOL_SOCKET.
public static partial class SocketOptions
{
    /// <summary>Bind to an address that connections in TIME_WAIT still hold.</summary>
    public static SocketOption<bool> ReuseAddress { get; } = new(FlagCodec.Instance)
    {
        Name = "reuseaddr",
        KernelName = nameof(SO_REUSEADDR),
        Level = OptionLevel.Socket,
        Number = SO_REUSEADDR,
        Summary = "bind to an address whose old connections are still in TIME_WAIT",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        WritableUntil = SocketOptionDeadline.Bind,
        AppliesTo = SocketSchemes.AnyIP | SocketSchemes.Fd,
    };

    /// <summary>Several sockets of one user share a port and the kernel spreads connections over them.</summary>
    public static SocketOption<bool> ReusePort { get; } = new(FlagCodec.Instance)
    {
        Name = "reuseport",
        KernelName = nameof(SO_REUSEPORT),
        Level = OptionLevel.Socket,
        Number = SO_REUSEPORT,
        Summary = "share the port with other sockets of this user; the kernel spreads the load",
        ManPage = "socket(7)",
        FirstKernel = new(3, 9),
        WritableUntil = SocketOptionDeadline.Bind,
        AppliesTo = SocketSchemes.AnyIP | SocketSchemes.Fd,
    };

    /// <summary>The type that the socket was made with, one of SOCK_*; read only.</summary>
    public static SocketOption<int> Type { get; } = new(
        new NamedIntCodec((SOCK_STREAM, "stream"), (SOCK_DGRAM, "dgram"), (SOCK_SEQPACKET, "seqpacket")))
    {
        Name = "type",
        KernelName = nameof(SO_TYPE),
        Level = OptionLevel.Socket,
        Number = SO_TYPE,
        Summary = "the type the socket was made with",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.All,
    };

    /// <summary>The pending error, which reading clears; read only.</summary>
    public static SocketOption<Errno> Error { get; } = new(ErrnoCodec.Instance)
    {
        Name = "error",
        KernelName = nameof(SO_ERROR),
        Level = OptionLevel.Socket,
        Number = SO_ERROR,
        Summary = "the pending error; reading it clears it",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.All,
    };

    /// <summary>Datagrams may go to a broadcast address.</summary>
    public static SocketOption<bool> Broadcast { get; } = new(FlagCodec.Instance)
    {
        Name = "broadcast",
        KernelName = nameof(SO_BROADCAST),
        Level = OptionLevel.Socket,
        Number = SO_BROADCAST,
        Summary = "allow sending to a broadcast address",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.Udp | SocketSchemes.Udp4 | SocketSchemes.Fd,
    };

    /// <summary>
    /// Limit of the send buffer. The kernel doubles what is set, caps it at net.core.wmem_max, and gives back the double.
    /// </summary>
    public static SocketOption<int> SendBufferBytes { get; } = new(new ByteCountCodec(1, int.MaxValue))
    {
        Name = "sndbuf",
        KernelName = nameof(SO_SNDBUF),
        Level = OptionLevel.Socket,
        Number = SO_SNDBUF,
        Unit = "bytes",
        Summary = "limit of the send buffer; the kernel doubles what is set, up to net.core.wmem_max",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.All,
    };

    /// <summary>
    /// Limit of the receive buffer. The kernel doubles what is set, caps it at net.core.rmem_max, and gives back the double. TCP settles
    /// its window scale from it when connecting or listening, so set it before. Unix sockets ignore it.
    /// </summary>
    public static SocketOption<int> ReceiveBufferBytes { get; } = new(new ByteCountCodec(1, int.MaxValue))
    {
        Name = "rcvbuf",
        KernelName = nameof(SO_RCVBUF),
        Level = OptionLevel.Socket,
        Number = SO_RCVBUF,
        Unit = "bytes",
        Summary = "limit of the receive buffer; the kernel doubles what is set, up to net.core.rmem_max",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.AnyIP | SocketSchemes.Fd,
    };

    /// <summary>Probe a silent peer and give up the connection when it does not answer.</summary>
    public static SocketOption<bool> KeepAlive { get; } = new(FlagCodec.Instance)
    {
        Name = "keepalive",
        KernelName = nameof(SO_KEEPALIVE),
        Level = OptionLevel.Socket,
        Number = SO_KEEPALIVE,
        Summary = "probe a silent peer, and reset the connection when it does not answer",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>What close(2) does while data is still unsent.</summary>
    public static SocketOption<LingerTime> Linger { get; } = new(LingerCodec.Instance)
    {
        Name = "linger",
        KernelName = nameof(SO_LINGER),
        Level = OptionLevel.Socket,
        Number = SO_LINGER,
        Unit = "seconds",
        Summary = "seconds that close waits for unsent data; 0 drops it and sends a reset",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Each received message carries the credentials of its sender (SCM_CREDENTIALS).</summary>
    public static SocketOption<bool> PassCredentials { get; } = new(FlagCodec.Instance)
    {
        Name = "passcred",
        KernelName = nameof(SO_PASSCRED),
        Level = OptionLevel.Socket,
        Number = SO_PASSCRED,
        Summary = "attach the credentials of the sender to each received message",
        ManPage = "unix(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.AnyUnix | SocketSchemes.Fd,
    };

    /// <summary>Process, user and group of the peer, as they were when it connected; read only.</summary>
    public static SocketOption<ProcessCredentials> PeerCredentials { get; } = new(CredentialsCodec.Instance)
    {
        Name = "peercred",
        KernelName = nameof(SO_PEERCRED),
        Level = OptionLevel.Socket,
        Number = SO_PEERCRED,
        Summary = "process, user and group of the peer when it connected",
        ManPage = "unix(7)",
        FirstKernel = new(2, 2),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.AnyUnix | SocketSchemes.Fd,
    };

    /// <summary>Whether listen(2) was called; read only.</summary>
    public static SocketOption<bool> AcceptsConnections { get; } = new(FlagCodec.Instance)
    {
        Name = "acceptconn",
        KernelName = nameof(SO_ACCEPTCONN),
        Level = OptionLevel.Socket,
        Number = SO_ACCEPTCONN,
        Summary = "whether the socket listens",
        ManPage = "socket(7)",
        FirstKernel = new(2, 4),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.All,
    };

    /// <summary>The protocol that the socket was made with, one of IPPROTO_*; read only.</summary>
    public static SocketOption<int> Protocol { get; } = new(new NamedIntCodec((0, "default"), (IPPROTO_TCP, "tcp"), (IPPROTO_UDP, "udp")))
    {
        Name = "protocol",
        KernelName = nameof(SO_PROTOCOL),
        Level = OptionLevel.Socket,
        Number = SO_PROTOCOL,
        Summary = "the protocol the socket was made with",
        ManPage = "socket(7)",
        FirstKernel = new(2, 6, 32),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.All,
    };

    /// <summary>The address family that the socket was made with, one of AF_*; read only.</summary>
    public static SocketOption<int> Domain { get; } = new(new NamedIntCodec((AF_UNIX, "unix"), (AF_INET, "inet"), (AF_INET6, "inet6")))
    {
        Name = "domain",
        KernelName = nameof(SO_DOMAIN),
        Level = OptionLevel.Socket,
        Number = SO_DOMAIN,
        Summary = "the address family the socket was made with",
        ManPage = "socket(7)",
        FirstKernel = new(2, 6, 32),
        Access = SocketOptionAccess.Read,
        WritableUntil = SocketOptionDeadline.Never,
        AppliesTo = SocketSchemes.All,
    };
}
