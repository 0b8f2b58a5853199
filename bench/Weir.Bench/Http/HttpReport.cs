namespace Weir.Bench;

/// <summary>All that a run of the benchmark found. This is the object that --json prints.</summary>
internal sealed record HttpReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    HttpOptions Options,
    IReadOnlyList<HttpWorkloadEntry> Workloads,
    IReadOnlyList<HttpPeerEntry> Peers,
    IReadOnlyList<HttpLeftOut> LeftOut,
    IReadOnlyList<HttpSummary> Summary,
    IReadOnlyList<HttpIdleSummary> IdleSummary,
    IReadOnlyList<RatioBarResult> Bars,
    IReadOnlyList<HttpRun> Runs,
    IReadOnlyList<HttpIdleRun> IdleRuns);

internal sealed record HttpWorkloadEntry(string Name, string Description, int Connections, int RequestsInFlight, string Command);

internal sealed record HttpPeerEntry(
    string Name, string Description, string Command, IReadOnlyDictionary<string, string> Environment, string? Config, string? Version);

/// <summary>A peer that can't take part, or a workload that can't be run; with both, the peer is missing in that workload.</summary>
internal sealed record HttpLeftOut(string? Peer, string? Workload, string Reason);

/// <summary>One run of one peer, as measured.</summary>
internal sealed record HttpRun(int Round, string Workload, string Peer, HttpResult Result);

/// <summary>Idle keep-alive connections of one peer.</summary>
internal sealed record HttpIdleRun(int Round, IdleSlope Slope);
