namespace Weir.Bench;

/// <summary>Judged by the most of all rounds: a relay that fills the memory once has filled it.</summary>
internal sealed record MemoryBarResult(string Peer, long BarBytes, long MostGrowthBytes, bool IsMet);

internal static class RelayBars
{
    private const string Throughput = "GiB/s";
    private const double MostCpuPerGib = 0.9;
    private const double LeastThroughput = 1.0;
    private const double MostCpuPerRequest = 1.1;
    private const long MostStallGrowthBytes = 32 * 1024 * 1024;

    // Fixed before any tuning; they don't move.
    private static readonly (RatioBar Bar, Func<RelayRun, double> Value)[] s_bars =
    [
        .. Beside(
            "CPU per GiB", run => run.Bulk.RelayCpuSecondsPerGib, BarKind.AtMost, MostCpuPerGib,
            RelayPeerTable.Haproxy, RelayPeerTable.HaproxySplice, RelayPeerTable.Socat, RelayPeerTable.Socat64K),
        .. Beside(
            Throughput, run => run.Bulk.GibPerSecond, BarKind.AtLeast, LeastThroughput,
            RelayPeerTable.Haproxy, RelayPeerTable.HaproxySplice, RelayPeerTable.Socat, RelayPeerTable.Socat64K),
        .. Beside(
            "CPU per request", run => run.Requests.ServerCpuUsPerRequest, BarKind.AtMost, MostCpuPerRequest,
            RelayPeerTable.Haproxy, RelayPeerTable.HaproxySplice),
    ];

    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<RelayRun> runs)
    {
        IReadOnlyList<RelaySummary> lines = RelaySummaries.From(runs);
        return
        [
            .. s_bars.Select(entry => entry.Bar.Judge(
                RelaySummaries.Ratio(runs, entry.Value, entry.Bar.Numerator, entry.Bar.Denominator), Disturbance(lines, entry.Bar)))
                .OfType<RatioBarResult>(),
        ];
    }

    // What a byte costs is counted in CPU time, which only the programs themselves use.
    private static string? Disturbance(IReadOnlyList<RelaySummary> lines, RatioBar bar)
    {
        RelaySummary? disturbed = bar.What != Throughput
            ? null
            : lines.FirstOrDefault(line => line.IsBulkDisturbed && (line.Peer == bar.Numerator || line.Peer == bar.Denominator));
        return disturbed is null ? null : $"neither CPU was busy with {disturbed.Peer}'s stream; something else ran there";
    }

    /// <summary>Null when Weir did not run.</summary>
    public static MemoryBarResult? JudgeMemory(IReadOnlyList<RelayRun> runs)
    {
        long[] growthBytes = [.. runs.Where(run => run.Peer == RelayPeerTable.Weir).Select(run => run.Stall.GrowthBytes)];
        return growthBytes.Length == 0
            ? null
            : new MemoryBarResult(RelayPeerTable.Weir, MostStallGrowthBytes, growthBytes.Max(), growthBytes.Max() <= MostStallGrowthBytes);
    }

    private static IEnumerable<(RatioBar Bar, Func<RelayRun, double> Value)> Beside(
        string what, Func<RelayRun, double> value, BarKind kind, double limit, params string[] others) =>
        others.Select(other => (new RatioBar(what, RelayPeerTable.Weir, other, kind, limit), value));
}
