using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// Level IPPROTO_TCP.
public static partial class SocketOptions
{
    /// <summary>Small segments leave at once: Nagle's algorithm is off.</summary>
    public static SocketOption<bool> NoDelay { get; } = new(FlagCodec.Instance)
    {
        Name = "nodelay",
        KernelName = nameof(TCP_NODELAY),
        Level = OptionLevel.Tcp,
        Number = TCP_NODELAY,
        Summary = "send small segments at once (Nagle's algorithm off)",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Only full segments leave, for at most 200 ms, until it is turned off.</summary>
    public static SocketOption<bool> Cork { get; } = new(FlagCodec.Instance)
    {
        Name = "cork",
        KernelName = nameof(TCP_CORK),
        Level = OptionLevel.Tcp,
        Number = TCP_CORK,
        Summary = "hold back partial segments, at most 200 ms, until turned off",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 2),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Silence before the first keepalive probe; needs <see cref="KeepAlive"/>.</summary>
    public static SocketOption<int> KeepAliveIdleSeconds { get; } = new(new IntCodec(1, 32_767, "seconds"))
    {
        Name = "keepidle",
        KernelName = nameof(TCP_KEEPIDLE),
        Level = OptionLevel.Tcp,
        Number = TCP_KEEPIDLE,
        Unit = "seconds",
        Summary = "silence before the first keepalive probe",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 4),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Time between keepalive probes.</summary>
    public static SocketOption<int> KeepAliveIntervalSeconds { get; } = new(new IntCodec(1, 32_767, "seconds"))
    {
        Name = "keepintvl",
        KernelName = nameof(TCP_KEEPINTVL),
        Level = OptionLevel.Tcp,
        Number = TCP_KEEPINTVL,
        Unit = "seconds",
        Summary = "time between keepalive probes",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 4),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Unanswered keepalive probes after which the connection is given up.</summary>
    public static SocketOption<int> KeepAliveProbes { get; } = new(new IntCodec(1, 127))
    {
        Name = "keepcnt",
        KernelName = nameof(TCP_KEEPCNT),
        Level = OptionLevel.Tcp,
        Number = TCP_KEEPCNT,
        Unit = "probes",
        Summary = "unanswered keepalive probes before the connection is given up",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 4),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>
    /// A listener reports a connection when its first data is there, or after about this time; the kernel rounds it to
    /// whole retransmissions of the SYN-ACK.
    /// </summary>
    public static SocketOption<int> DeferAcceptSeconds { get; } = new(new IntCodec(0, int.MaxValue, "seconds"))
    {
        Name = "defer_accept",
        KernelName = nameof(TCP_DEFER_ACCEPT),
        Level = OptionLevel.Tcp,
        Number = TCP_DEFER_ACCEPT,
        Unit = "seconds",
        Summary = "accept a connection only when data has arrived, or after about this time",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 4),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>Acknowledge at once instead of delaying; the kernel leaves this mode again by itself.</summary>
    public static SocketOption<bool> QuickAck { get; } = new(FlagCodec.Instance)
    {
        Name = "quickack",
        KernelName = nameof(TCP_QUICKACK),
        Level = OptionLevel.Tcp,
        Number = TCP_QUICKACK,
        Summary = "acknowledge at once; the kernel leaves this mode by itself",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 4, 4),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };

    /// <summary>How long sent data may stay unacknowledged before the connection is given up; 0 is the default of the system.</summary>
    public static SocketOption<int> UserTimeoutMs { get; } = new(new IntCodec(0, int.MaxValue, "milliseconds"))
    {
        Name = "usertimeout",
        KernelName = nameof(TCP_USER_TIMEOUT),
        Level = OptionLevel.Tcp,
        Number = TCP_USER_TIMEOUT,
        Unit = "milliseconds",
        Summary = "how long sent data may stay unacknowledged; 0 is the default of the system",
        ManPage = "tcp(7)",
        FirstKernel = new(2, 6, 37),
        AppliesTo = SocketSchemes.AnyTcp | SocketSchemes.Fd,
    };
}
