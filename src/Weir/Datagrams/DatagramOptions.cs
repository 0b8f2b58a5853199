namespace Weir;

/// <summary>The limits and habits of a datagram channel.</summary>
public sealed record DatagramOptions
{
    // UDP's length field, and with it what the kernel joins, ends here.
    private const int MaxJoinedBytes = 65_535;

    public static DatagramOptions Default { get; } = new();

    /// <summary>The loops to live on; null for the process's own.</summary>
    public LoopGroup? Loops { get; init; }

    /// <summary>The longest datagram that is received whole; longer ones are cut and say so. 1 to 1,048,576; UDP has at most 65,527.</summary>
    public int MaxDatagramBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// Datagrams of one size and receiver leave, and arrive, joined in one buffer that the kernel cuts and joins (UDP_SEGMENT, UDP_GRO). On
    /// the wire, and in what a reader sees, nothing changes. Kernels without it, and unix sockets, send and receive one by one; so do channels
    /// with less than 64 KiB of <see cref="MaxDatagramBytes"/> receive, as joined ones need that much room.
    /// </summary>
    public bool Offload { get; init; } = true;

    internal bool ReceivesJoined => Offload && MaxDatagramBytes >= MaxJoinedBytes;

    /// <summary>Each received datagram tells its destination and interface (IP_PKTINFO, IPV6_RECVPKTINFO). UDP only.</summary>
    public bool TellsDestination { get; init; }

    /// <summary>
    /// ICMP errors come back to <see cref="OnError"/> with the peer that they are about, on unconnected sockets too (IP_RECVERR,
    /// IPV6_RECVERR). Without it only connected channels know them, and throw. UDP only.
    /// </summary>
    public bool TellsErrors { get; init; }

    /// <summary>
    /// Gets datagrams that did not arrive, each with its peer: those that the kernel refused to send, and with <see cref="TellsErrors"/> those
    /// that ICMP reports. Without it a refused send is thrown by the flush. Called on the thread that sends or receives: it must
    /// neither block nor throw.
    /// </summary>
    public Action<DatagramError>? OnError { get; init; }

    internal void ThrowIfInvalid(string parameter)
    {
        if (MaxDatagramBytes is < 1 or > 1024 * 1024)
            throw new ArgumentException($"MaxDatagramBytes is {MaxDatagramBytes}; it has to be from 1 to 1,048,576.", parameter);
        if (TellsErrors && OnError is null)
            throw new ArgumentException("TellsErrors needs OnError to tell them to.", parameter);
    }
}
