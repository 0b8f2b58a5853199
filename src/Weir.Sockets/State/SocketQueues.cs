namespace Weir.Sockets;

/// <summary>Bytes in the kernel's buffers of a socket (tcp(7), udp(7), unix(7): SIOCINQ, SIOCOUTQ, SIOCOUTQNSD).</summary>
public readonly record struct SocketQueues
{
    /// <summary>Arrived and not yet read.</summary>
    public int ReceiveBytes { get; init; }

    /// <summary>Written and not yet acknowledged by the peer; on unix sockets, not yet read by the peer.</summary>
    public int SendBytes { get; init; }

    /// <summary>The part of <see cref="SendBytes"/> that has not been sent even once. TCP only.</summary>
    public int UnsentBytes { get; init; }
}
