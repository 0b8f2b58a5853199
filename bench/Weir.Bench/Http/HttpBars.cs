namespace Weir.Bench;

internal static class HttpBars
{
    private const double MostOfTheDefaults = 1.03;

    private static readonly string[] s_neverAbove =
    [
        HttpWorkloadTable.Pipelined, HttpWorkloadTable.SixteenKibibytes, HttpWorkloadTable.Download, HttpWorkloadTable.Upload,
        HttpWorkloadTable.Http2, HttpWorkloadTable.Connect, HttpWorkloadTable.Https,
    ];

    // Fixed before any tuning; they don't move.
    private static readonly RatioBar[] s_bars =
    [
        .. OfEngine(HttpPeerTable.WeirInline, HttpPeerTable.WeirThreadPool),
        .. OfEngine(HttpPeerTable.WeirUringInline, HttpPeerTable.WeirUringThreadPool),
    ];

    private static readonly RatioBar[] s_idleBars =
    [
        new(HttpWorkloadTable.Idle, HttpPeerTable.WeirInline, HttpPeerTable.Kestrel, BarKind.Below, 1),
        new(HttpWorkloadTable.Idle, HttpPeerTable.WeirThreadPool, HttpPeerTable.Kestrel, BarKind.Below, 1),
        new(HttpWorkloadTable.Idle, HttpPeerTable.WeirUringInline, HttpPeerTable.Kestrel, BarKind.Below, 1),
        new(HttpWorkloadTable.Idle, HttpPeerTable.WeirUringThreadPool, HttpPeerTable.Kestrel, BarKind.Below, 1),
    ];

    /// <summary>CPU per request, and bytes per idle connection; what a bar is about is its workload.</summary>
    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<HttpRun> runs, IReadOnlyList<HttpIdleRun> idleRuns) =>
    [
        .. s_bars.Select(bar => bar.Judge(HttpSummaries.CpuRatio(runs, bar.What, bar.Numerator, bar.Denominator)))
            .Concat(s_idleBars.Select(bar => bar.Judge(HttpIdleSummaries.Ratio(idleRuns, bar.Numerator, bar.Denominator))))
            .OfType<RatioBarResult>(),
    ];

    private static IEnumerable<RatioBar> OfEngine(string inline, string threadPool) =>
    [
        AtMost(HttpWorkloadTable.Plaintext, inline, HttpPeerTable.Kestrel, 0.65),
        AtMost(HttpWorkloadTable.Plaintext, inline, HttpPeerTable.KestrelInline, 0.95),
        AtMost(HttpWorkloadTable.Plaintext, threadPool, HttpPeerTable.Kestrel, 0.87),
        .. s_neverAbove.SelectMany(workload => (RatioBar[])
        [
            AtMost(workload, inline, HttpPeerTable.Kestrel, MostOfTheDefaults),
            AtMost(workload, threadPool, HttpPeerTable.Kestrel, MostOfTheDefaults),
        ]),
    ];

    private static RatioBar AtMost(string workload, string numerator, string denominator, double limit) =>
        new(workload, numerator, denominator, BarKind.AtMost, limit);
}
