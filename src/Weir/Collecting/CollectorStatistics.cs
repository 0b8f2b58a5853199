namespace Weir;

/// <summary>What a collector did since it began.</summary>
public readonly record struct CollectorStatistics
{
    /// <summary>Connections and received bytes.</summary>
    public ServerStatistics Server { get; init; }

    /// <summary>Records that the output has taken.</summary>
    public long WrittenRecords { get; init; }

    /// <summary>Bytes that the output has taken, newlines and lengths that were added included.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Received, and not yet taken by the output.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Datagrams for which a kernel's receive buffer had no room.</summary>
    public long DroppedDatagrams { get; init; }

    /// <summary>Records that the output could not take, as a datagram that is too long for the peer.</summary>
    public long LostRecords { get; init; }
}
