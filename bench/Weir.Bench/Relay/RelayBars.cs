namespace Weir.Bench;

/// <summary>Judged by the most of all rounds: a relay that fills the memory once has filled it.</summary>
internal sealed record MemoryBarResult(string Peer, long BarBytes, long MostGrowthBytes, bool IsMet);

internal static class RelayBars
{
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
            "GiB/s", run => run.Bulk.GibPerSecond, BarKind.AtLeast, LeastThroughput,
            RelayPeerTable.Haproxy, RelayPeerTable.HaproxySplice, RelayPeerTable.Socat, RelayPeerTable.Socat64K),
        .. Beside(
            "CPU per request", run => run.Requests.ServerCpuUsPerRequest, BarKind.AtMost, MostCpuPerRequest,
            RelayPeerTable.Haproxy, RelayPeerTable.HaproxySplice),
    ];

    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<RelayRun> runs) =>
    [
        .. s_bars.Select(entry => entry.Bar.Judge(RelaySummaries.Ratio(runs, entry.Value, entry.Bar.Numerator, entry.Bar.Denominator)))
            .OfType<RatioBarResult>(),
    ];

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
