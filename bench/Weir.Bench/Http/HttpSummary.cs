namespace Weir.Bench;

/// <summary>One line of a table.</summary>
internal sealed record HttpSummary(
    string Workload,
    string Peer,
    Spread ServerCpuUsPerRequest,
    Spread RequestsPerSecond,
    Spread? P50Us,
    Spread? P99Us,
    Spread ServerRssAnonBytes,
    Spread ServerCpuFraction,
    Spread LoadCpuFraction,
    Spread? CpuRatioToKestrel)
{
    // Above this share of its core the generator has nothing left; some of a run is its start and its end.
    private const double Saturated = 0.95;

    // Below this share of both cores neither side was held up by its own work.
    private const double Waiting = 0.85;

    public bool LoadIsBottleneck => LoadCpuFraction.Median > Saturated && LoadCpuFraction.Median > ServerCpuFraction.Median;

    public bool NoCoreWasFull => LoadCpuFraction.Median < Waiting && ServerCpuFraction.Median < Waiting;
}

internal static class HttpSummaries
{
    public static IReadOnlyList<HttpSummary> From(IReadOnlyList<HttpRun> runs) =>
    [
        .. runs.GroupBy(run => (run.Workload, run.Peer))
            .Select(group => Summarize(runs, group.Key.Workload, group.Key.Peer, [.. group.Select(run => run.Result)])),
    ];

    /// <summary>CPU per request of one peer over another's, round by round. Null when one of them did not run.</summary>
    public static Spread? CpuRatio(IReadOnlyList<HttpRun> runs, string workload, string numerator, string denominator)
    {
        Dictionary<int, double> Of(string peer) => runs.Where(run => run.Workload == workload && run.Peer == peer)
            .ToDictionary(run => run.Round, run => run.Result.ServerCpuUsPerRequest);

        return Statistics.PairedRatio(Of(numerator), Of(denominator));
    }

    private static HttpSummary Summarize(IReadOnlyList<HttpRun> runs, string workload, string peer, HttpResult[] results)
    {
        Spread Over(Func<HttpResult, double> value) => Statistics.Of(results.Select(value));

        Spread? OverKnown(Func<HttpResult, double?> value)
        {
            double[] known = [.. results.Select(value).OfType<double>()];
            return known.Length == 0 ? null : Statistics.Of(known);
        }

        return new HttpSummary(
            workload,
            peer,
            ServerCpuUsPerRequest: Over(result => result.ServerCpuUsPerRequest),
            RequestsPerSecond: Over(result => result.RequestsPerSecond),
            P50Us: OverKnown(result => result.P50Us),
            P99Us: OverKnown(result => result.P99Us),
            ServerRssAnonBytes: Over(result => result.ServerRssAnonBytes),
            ServerCpuFraction: Over(result => result.ServerCpuFraction),
            LoadCpuFraction: Over(result => result.LoadCpuFraction),
            CpuRatioToKestrel: CpuRatio(runs, workload, peer, HttpPeerTable.Kestrel));
    }
}
