namespace Weir;

/// <summary>What a server did since it began. Bytes are those of its loops, which it may share with other servers and connectors.</summary>
public readonly record struct ServerStatistics
{
    /// <summary>Open now.</summary>
    public int Connections { get; init; }

    public long Accepted { get; init; }

    public long ReceivedBytes { get; init; }

    public long SentBytes { get; init; }

    /// <summary>Datagrams that the kernel dropped because the receive buffer was full; <c>rcvbuf</c> makes it larger.</summary>
    public long DroppedDatagrams { get; init; }

    /// <summary>Datagrams and messages that were longer than is received here, and lost their end.</summary>
    public long CutMessages { get; init; }

    /// <summary>Buffer memory lent to readers and writers now.</summary>
    public long BufferedBytes { get; init; }
}
