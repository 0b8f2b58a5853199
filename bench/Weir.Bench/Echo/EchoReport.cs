namespace Weir.Bench;

/// <summary>All that a run of the benchmark found. This is the object that --json prints.</summary>
internal sealed record EchoReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    EchoOptions Options,
    IReadOnlyList<PeerEntry> Peers,
    IReadOnlyList<LeftOut> LeftOut,
    IReadOnlyList<EchoSummary> Summary,
    IReadOnlyList<BarResult> Bars,
    IReadOnlyList<EchoRun> Runs);

internal sealed record PeerEntry(string Name, string Description, string Command, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Null where it is of no interest.</summary>
    public int? BufferBytes { get; init; }
}

internal sealed record LeftOut(string Peer, string Reason);

/// <summary>One run of one peer, as measured.</summary>
internal sealed record EchoRun(int Round, string Peer, int Connections, LoadResult Result);

/// <summary>One line of a table.</summary>
internal sealed record EchoSummary(
    int Connections,
    string Peer,
    Spread ServerCpuUsPerRequest,
    Spread RequestsPerSecond,
    Spread P50Us,
    Spread P99Us,
    Spread ServerRssAnonBytes,
    Spread ServerCpuFraction,
    Spread LoadCpuFraction,
    Spread? CpuRatioToC)
{
    // Above this share of its core the generator has nothing left; when the server has, the server isn't what is measured.
    private const double Saturated = 0.97;

    // Below this share of both cores neither side was held up by its own work.
    private const double Waiting = 0.9;

    public bool LoadIsBottleneck => LoadCpuFraction.Median > Saturated && LoadCpuFraction.Median > ServerCpuFraction.Median;

    public bool NoCoreWasFull => LoadCpuFraction.Median < Waiting && ServerCpuFraction.Median < Waiting;
}

internal static class EchoSummaries
{
    public static IReadOnlyList<EchoSummary> From(IReadOnlyList<EchoRun> runs) =>
    [
        .. runs.GroupBy(run => (run.Connections, run.Peer)).OrderBy(group => group.Key.Connections)
            .Select(group => Summarize(runs, group.Key.Connections, group.Key.Peer, [.. group.Select(run => run.Result)])),
    ];

    /// <summary>CPU per request of one peer over another's, round by round. Null when one of them did not run.</summary>
    public static Spread? CpuRatio(IReadOnlyList<EchoRun> runs, int connections, string numerator, string denominator) =>
        Statistics.PairedRatio(CpuByRound(runs, connections, numerator), CpuByRound(runs, connections, denominator));

    /// <summary>Null when it did not run.</summary>
    public static double? MedianCpu(IReadOnlyList<EchoRun> runs, int connections, string peer) =>
        CpuByRound(runs, connections, peer) is { Count: > 0 } cpu ? Statistics.Median(cpu.Values) : null;

    private static Dictionary<int, double> CpuByRound(IEnumerable<EchoRun> runs, int connections, string peer) =>
        runs.Where(run => run.Connections == connections && run.Peer == peer)
            .ToDictionary(run => run.Round, run => run.Result.ServerCpuUsPerRequest);

    private static EchoSummary Summarize(IReadOnlyList<EchoRun> runs, int connections, string peer, LoadResult[] results)
    {
        Spread Over(Func<LoadResult, double> value) => Statistics.Of(results.Select(value));

        return new EchoSummary(
            connections,
            peer,
            ServerCpuUsPerRequest: Over(result => result.ServerCpuUsPerRequest),
            RequestsPerSecond: Over(result => result.RequestsPerSecond),
            P50Us: Over(result => result.P50Us),
            P99Us: Over(result => result.P99Us),
            ServerRssAnonBytes: Over(result => result.ServerRssAnonBytes),
            ServerCpuFraction: Over(result => result.ServerCpuFraction),
            LoadCpuFraction: Over(result => result.LoadCpuFraction),
            CpuRatioToC: CpuRatio(runs, connections, peer, PeerTable.CEpoll));
    }
}
