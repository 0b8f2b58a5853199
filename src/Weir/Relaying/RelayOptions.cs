namespace Weir;

/// <summary>What a relay connects with what, and its limits.</summary>
public sealed record RelayOptions
{
    /// <summary>Where connections come from: a URL that is listened on, or one source of bytes that is relayed once.</summary>
    public required RelayEndpoint From { get; init; }

    /// <summary>Where they go to. Several only when all are URLs: then <see cref="Balance"/> says which one a client gets.</summary>
    public required IReadOnlyList<RelayEndpoint> To { get; init; }

    /// <summary>How a client's backend is chosen.</summary>
    public RelayBalance Balance { get; init; } = RelayBalance.RoundRobin;

    /// <summary>How long reaching a backend may take, all attempts for one client together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection on which nothing moves in either direction for this long is reset, on both sides. Infinite by default.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How often a backend that is down is tried again; infinite leaves that to clients for whom no other backend is left.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Clients that are relayed at once. More wait in the kernel's queue until one ends.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether every client begins with a PROXY header, of either version, as from a proxy before this one. One that does not, within
    /// <see cref="ConnectTimeout"/>, is reset. The address in it is the one that <see cref="RelayBalance.Hash"/> goes by and that
    /// <see cref="SendsProxyHeader"/> passes on.
    /// </summary>
    public bool TakesProxyHeader { get; init; }

    /// <summary>Whether backends are told who the client is, before everything else.</summary>
    public ProxyProtocol SendsProxyHeader { get; init; }

    /// <summary>Where the listener is taken from the process before and offered to the next one: <see cref="ServerOptions.HandoverPath"/>.</summary>
    public string? HandoverPath { get; init; }

    /// <summary>Whether commands (<c>exec:</c>) get a terminal instead of pipes.</summary>
    public bool UsesTerminal { get; init; }

    /// <summary>
    /// How long a command may go on after its connection has ended, and its input with it, before all its processes get SIGTERM, and then
    /// how long before they get SIGKILL.
    /// </summary>
    public TimeSpan ChildTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The loops to relay on; null for loops of the relay's own, one per core, which run its code themselves (inline).</summary>
    public LoopGroup? Loops { get; init; }

    /// <summary>Gets what an operator should know. Called on loops: it must neither block nor throw.</summary>
    public Action<ServerEvent>? OnEvent { get; init; }

    /// <summary>Whether there is one source of bytes, or one place for them, and so one connection.</summary>
    internal bool IsOnce => From.Kind != RelayEndpointKind.Url || To[0].Kind == RelayEndpointKind.StandardStreams;

    internal void ThrowIfInvalid(string parameter)
    {
        if (To.Count == 0)
            throw new ArgumentException("To has no endpoint; a relay needs one.", parameter);
        if (To.Count > 1 && To.FirstOrDefault(to => to.Kind != RelayEndpointKind.Url) is { } single)
            throw new ArgumentException($"'{single}' cannot be one of several destinations; only URLs can.", parameter);
        if (From.Kind == RelayEndpointKind.StandardStreams && To[0].Kind == RelayEndpointKind.StandardStreams)
            throw new ArgumentException("Standard input and output ('-') can be on one side only.", parameter);
        if (TakesProxyHeader && From.Kind != RelayEndpointKind.Url)
            throw new ArgumentException($"'{From}' has no clients that could begin with a PROXY header.", parameter);
        if (SendsProxyHeader != ProxyProtocol.None && To[0].Kind != RelayEndpointKind.Url)
            throw new ArgumentException($"'{To[0]}' takes no PROXY header; only URLs do.", parameter);
        if (HandoverPath is not null && From.Kind != RelayEndpointKind.Url)
            throw new ArgumentException($"HandoverPath needs a URL to listen on; '{From}' has no listener.", parameter);
        if (MaxConnections < 1)
            throw new ArgumentException("MaxConnections has to be 1 or more.", parameter);
        if (ConnectTimeout <= TimeSpan.Zero && ConnectTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("ConnectTimeout has to be more than 0, or infinite.", parameter);
        if (ProbeInterval <= TimeSpan.Zero && ProbeInterval != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("ProbeInterval has to be more than 0, or infinite.", parameter);
    }
}

/// <summary>How a relay chooses among its backends. Those that are down are passed over.</summary>
public enum RelayBalance
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>The one with the fewest connections of this relay.</summary>
    Least,

    /// <summary>Any, all equally likely.</summary>
    Random,

    /// <summary>
    /// Always the same for a client's address, whatever its port. When a backend goes down or comes back, only its own clients change
    /// (rendezvous hashing).
    /// </summary>
    Hash,
}
