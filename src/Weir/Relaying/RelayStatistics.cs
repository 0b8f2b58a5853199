namespace Weir;

/// <summary>What a relay did since it began. Bytes are counted on the wire, TLS and PROXY headers included.</summary>
public readonly record struct RelayStatistics
{
    /// <summary>Relayed now; of datagrams, sessions.</summary>
    public int Connections { get; init; }

    /// <summary>Clients that were accepted, relayed or not.</summary>
    public long Accepted { get; init; }

    /// <summary>Sent to backends.</summary>
    public long SentToBytes { get; init; }

    /// <summary>Sent back to clients.</summary>
    public long SentBackBytes { get; init; }

    /// <summary>Datagrams that were received and not passed on: no session free, no backend, or its buffer full.</summary>
    public long Dropped { get; init; }

    /// <summary>Datagrams that the kernel dropped because the receive buffer was full; <c>rcvbuf</c> makes it larger.</summary>
    public long DroppedInReceiveBuffer { get; init; }

    /// <summary>Datagrams and messages that were longer than is received here, and were passed on without their end.</summary>
    public long CutMessages { get; init; }

    /// <summary>Buffer memory of the loops that is lent now.</summary>
    public long BufferedBytes { get; init; }
}
