namespace Weir.Bench;

/// <summary>All that a run of the benchmark found. This is the object that --json prints.</summary>
internal sealed record RelayReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    RelayOptions Options,
    IReadOnlyList<RelayPeerEntry> Peers,
    IReadOnlyList<LeftOut> LeftOut,
    IReadOnlyList<RelaySummary> Summary,
    IReadOnlyList<RatioBarResult> Bars,
    MemoryBarResult? MemoryBar,
    IReadOnlyList<RelayRun> Runs);

internal sealed record RelayPeerEntry(string Name, string Description, string Command, string? Config, string? Version);

/// <summary>One round of one relay, as measured.</summary>
internal sealed record RelayRun(int Round, string Peer, BulkResult Bulk, LoadResult Requests, StallResult Stall);

/// <summary>One line of the tables.</summary>
internal sealed record RelaySummary(
    string Peer,
    Spread CpuSecondsPerGib,
    Spread GibPerSecond,
    Spread BulkCpuFraction,
    Spread BulkLoadCpuFraction,
    Spread? CpuPerGibRatioToHaproxy,
    Spread CpuUsPerRequest,
    Spread RequestsPerSecond,
    Spread P99Us,
    Spread? CpuPerRequestRatioToHaproxy,
    Spread StallGrowthBytes,
    Spread StallTakenBytes)
{
    // A stream has one of the two CPUs busy nearly all the time; some of it goes while they wait for each other.
    private const double LeastBusyFraction = 0.75;

    /// <summary>Neither CPU was busy with the stream, so something else ran there, and GiB/s is a share of it.</summary>
    public bool IsBulkDisturbed => Math.Max(BulkCpuFraction.Median, BulkLoadCpuFraction.Median) < LeastBusyFraction;
}

internal static class RelaySummaries
{
    public static IReadOnlyList<RelaySummary> From(IReadOnlyList<RelayRun> runs) =>
        [.. runs.GroupBy(run => run.Peer).Select(group => Summarize(runs, group.Key, [.. group]))];

    /// <summary>A value of one relay over another's, round by round. Null when one of them did not run.</summary>
    public static Spread? Ratio(IReadOnlyList<RelayRun> runs, Func<RelayRun, double> value, string numerator, string denominator)
    {
        Dictionary<int, double> Of(string peer) => runs.Where(run => run.Peer == peer).ToDictionary(run => run.Round, value);

        return Statistics.PairedRatio(Of(numerator), Of(denominator));
    }

    private static RelaySummary Summarize(IReadOnlyList<RelayRun> runs, string peer, RelayRun[] own)
    {
        Spread Over(Func<RelayRun, double> value) => Statistics.Of(own.Select(value));

        return new RelaySummary(
            peer,
            CpuSecondsPerGib: Over(run => run.Bulk.RelayCpuSecondsPerGib),
            GibPerSecond: Over(run => run.Bulk.GibPerSecond),
            BulkCpuFraction: Over(run => run.Bulk.RelayCpuFraction),
            BulkLoadCpuFraction: Over(run => run.Bulk.LoadCpuFraction),
            CpuPerGibRatioToHaproxy: Ratio(runs, run => run.Bulk.RelayCpuSecondsPerGib, peer, RelayPeerTable.Haproxy),
            CpuUsPerRequest: Over(run => run.Requests.ServerCpuUsPerRequest),
            RequestsPerSecond: Over(run => run.Requests.RequestsPerSecond),
            P99Us: Over(run => run.Requests.P99Us),
            CpuPerRequestRatioToHaproxy: Ratio(runs, run => run.Requests.ServerCpuUsPerRequest, peer, RelayPeerTable.Haproxy),
            StallGrowthBytes: Over(run => run.Stall.GrowthBytes),
            StallTakenBytes: Over(run => run.Stall.TakenBytes));
    }
}
