namespace Weir;

/// <summary>The limits and habits of a connection.</summary>
public sealed record ConnectionOptions
{
    public static ConnectionOptions Default { get; } = new();

    /// <summary>Bytes that the reader may leave unread before the loop stops receiving; the rest waits in the kernel, and then at the peer.</summary>
    public int ReceiveHighMarkBytes { get; init; } = 128 * 1024;

    /// <summary>Receiving goes on when the reader has come down to this.</summary>
    public int ReceiveLowMarkBytes { get; init; } = 64 * 1024;

    /// <summary>A connection on which nothing moves in either direction for this long is aborted. Infinite by default.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a close waits for unsent bytes to leave before it resets the connection.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a close waits, after its own end of stream, for the peer's, and discards what still comes. Without the wait a byte that
    /// arrives late makes the kernel answer with a reset, which may destroy what the peer has not read yet (RFC 1122, 4.2.2.13).
    /// </summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What is sent when nothing else was sent for a while; null for no heartbeat.</summary>
    public HeartbeatOptions? Heartbeat { get; init; }

    /// <summary>The kernel's own probes of an idle TCP connection; null leaves them off.</summary>
    public KeepAliveOptions? KeepAlive { get; init; }

    /// <summary>
    /// Flushes that happen while a read waits, or while something is unread, are queued up to this many bytes, and leave together; who is
    /// beyond waits. 0 sends each at once.
    /// </summary>
    internal int GatherHighMarkBytes { get; init; }

    internal void ThrowIfInvalid(string parameter)
    {
        if (ReceiveHighMarkBytes < 1)
            throw new ArgumentException($"ReceiveHighMarkBytes is {ReceiveHighMarkBytes}; it has to be 1 or more.", parameter);
        if (ReceiveLowMarkBytes < 0 || ReceiveLowMarkBytes >= ReceiveHighMarkBytes)
            throw new ArgumentException($"ReceiveLowMarkBytes is {ReceiveLowMarkBytes}; it has to be below ReceiveHighMarkBytes.", parameter);
        if (Heartbeat is { Payload.IsEmpty: true })
            throw new ArgumentException("A heartbeat's payload has at least one byte.", parameter);
    }
}

/// <summary>
/// An application's heartbeat. The loop sends the payload between two flushes, so a handler that uses one flushes whole messages.
/// </summary>
/// <param name="Interval">Silence of ours after which the payload is sent.</param>
/// <param name="Payload">Bytes the peer understands as "still here".</param>
/// <param name="PeerTimeout">Silence of the peer after which the connection is aborted; infinite never does.</param>
public sealed record HeartbeatOptions(TimeSpan Interval, ReadOnlyMemory<byte> Payload, TimeSpan PeerTimeout);

/// <summary>TCP keep-alive (tcp(7)). Whole seconds, at least one.</summary>
/// <param name="Idle">Silence before the first probe (TCP_KEEPIDLE).</param>
/// <param name="Interval">Between two probes (TCP_KEEPINTVL).</param>
/// <param name="Probes">Unanswered probes after which the kernel resets the connection (TCP_KEEPCNT).</param>
public sealed record KeepAliveOptions(TimeSpan Idle, TimeSpan Interval, int Probes);
