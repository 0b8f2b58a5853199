namespace Weir.Wire;

/// <summary>What a recording holds.</summary>
public sealed record RecorderOptions
{
    /// <summary>Whether sockets' states and queues are read after each call and each segment. It takes some 0.1 ms each time, during which the wire waits.</summary>
    public bool SamplesStates { get; init; } = true;

    /// <summary>Whether protocol counters are read at the same moments.</summary>
    public bool SamplesCounters { get; init; } = true;

    /// <summary>The most calls and segments; what comes later is counted.</summary>
    public int MaxEvents { get; init; } = 100_000;
}
