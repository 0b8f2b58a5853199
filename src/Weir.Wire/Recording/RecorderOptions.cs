namespace Weir.Wire;

/// <summary>What a recording holds.</summary>
public sealed record RecorderOptions
{
    /// <summary>Whether the states and queues of TCP sockets are read after each call and each segment, of those on addresses that <see cref="HostNetwork"/> gave to their host.
    /// It takes some 2 µs for each socket that is open, during which the wire waits.</summary>
    public bool SamplesStates { get; init; } = true;

    /// <summary>Whether protocol counters are read at the same moments; some 0.1 ms for each host.</summary>
    public bool SamplesCounters { get; init; } = true;

    /// <summary>The most calls and segments; what comes later is counted.</summary>
    public int MaxEvents { get; init; } = 100_000;
}
