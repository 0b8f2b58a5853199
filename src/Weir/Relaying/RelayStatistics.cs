namespace Weir;

/// <summary>What a relay did since it began. Bytes are counted on the wire, TLS and PROXY headers included.</summary>
public readonly record struct RelayStatistics
{
    /// <summary>Relayed now.</summary>
    public int Connections { get; init; }

    /// <summary>Clients that were accepted, relayed or not.</summary>
    public long Accepted { get; init; }

    /// <summary>Sent to backends.</summary>
    public long SentToBytes { get; init; }

    /// <summary>Sent back to clients.</summary>
    public long SentBackBytes { get; init; }

    /// <summary>Buffer memory of the loops that is lent now.</summary>
    public long BufferedBytes { get; init; }
}
