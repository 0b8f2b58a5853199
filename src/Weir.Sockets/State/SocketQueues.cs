namespace Weir.Sockets;

/// <summary>Bytes in the kernel's buffers of a socket (tcp(7), udp(7), unix(7): SIOCINQ, SIOCOUTQ, SIOCOUTQNSD).</summary>
public readonly record struct SocketQueues
{
    /// <summary>Arrived and not yet read; on datagram sockets, of the first datagram alone.</summary>
    public int ReceiveBytes { get; init; }

    /// <summary>
    /// TCP: written and not yet acknowledged by the peer. Otherwise the kernel's memory for what is under way, its own overhead
    /// included: on unix sockets until the peer reads it.
    /// </summary>
    public int SendBytes { get; init; }

    /// <summary>The part of <see cref="SendBytes"/> that has not been sent even once. TCP only.</summary>
    public int UnsentBytes { get; init; }
}
