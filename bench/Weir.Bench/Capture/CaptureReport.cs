namespace Weir.Bench;

/// <summary>All that a run of the benchmark found. This is the object that --json prints.</summary>
internal sealed record CaptureReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    string TcpdumpVersion,
    CaptureBenchOptions Options,
    IReadOnlyList<CaptureSummary> Summary,
    IReadOnlyList<RatioBarResult> Bars,
    IReadOnlyList<LossBarResult> LossBars,
    IReadOnlyList<CaptureRun> Runs);

/// <summary>One round of one program at one rate. Warm-up and measured time are both counted in packets, and only the latter in CPU.</summary>
internal sealed record CaptureRun(int Round, string Peer, int Rate, long SentPackets, long FilePackets, double CpuSeconds, long MeasuredPackets)
{
    public double CpuUsPerPacket => CpuSeconds * 1e6 / MeasuredPackets;

    public double LossFraction => 1 - ((double)FilePackets / SentPackets);
}

internal sealed record CaptureSummary(int Rate, string Peer, Spread CpuUsPerPacket, Spread LossFraction);

/// <summary>Loss is at most the other program's and a little more.</summary>
internal sealed record LossBarResult(int Rate, double LossFraction, double PeerLossFraction, double BarFraction, bool IsMet);

internal static class CaptureBars
{
    // Fixed before any tuning; they don't move.
    private const double MostCpu = 1.3;
    private const double MostLossFraction = 0.001;

    public static IReadOnlyList<CaptureSummary> Summarize(IReadOnlyList<CaptureRun> runs) =>
    [
        .. runs.GroupBy(run => (run.Rate, run.Peer)).Select(group => new CaptureSummary(
            group.Key.Rate, group.Key.Peer, Statistics.Of(group.Select(run => run.CpuUsPerPacket)), Statistics.Of(group.Select(run => run.LossFraction)))),
    ];

    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<CaptureRun> runs) =>
    [
        .. Rates(runs).Select(rate => new RatioBar($"CPU per packet at {rate}/s", CapturePeerTable.Weir, CapturePeerTable.Tcpdump, BarKind.AtMost, MostCpu)
            .Judge(Statistics.PairedRatio(Of(runs, rate, CapturePeerTable.Weir), Of(runs, rate, CapturePeerTable.Tcpdump)))).OfType<RatioBarResult>(),
    ];

    public static IReadOnlyList<LossBarResult> JudgeLoss(IReadOnlyList<CaptureRun> runs)
    {
        IReadOnlyList<CaptureSummary> lines = Summarize(runs);
        return
        [
            .. from rate in Rates(runs)
               let own = lines.FirstOrDefault(line => line.Rate == rate && line.Peer == CapturePeerTable.Weir)
               let other = lines.FirstOrDefault(line => line.Rate == rate && line.Peer == CapturePeerTable.Tcpdump)
               where own is not null && other is not null
               let bar = other.LossFraction.Median + MostLossFraction
               select new LossBarResult(rate, own.LossFraction.Median, other.LossFraction.Median, bar, own.LossFraction.Median <= bar),
        ];
    }

    private static IEnumerable<int> Rates(IReadOnlyList<CaptureRun> runs) => runs.Select(run => run.Rate).Distinct();

    private static Dictionary<int, double> Of(IReadOnlyList<CaptureRun> runs, int rate, string peer) =>
        runs.Where(run => run.Rate == rate && run.Peer == peer).ToDictionary(run => run.Round, run => run.CpuUsPerPacket);
}
