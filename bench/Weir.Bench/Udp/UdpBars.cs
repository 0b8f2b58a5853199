namespace Weir.Bench;

internal static class UdpBars
{
    private const double LeastToC = 0.95;
    private const double LeastToSocket = 1.2;
    private const double LeastToSocketWithOffload = 20;

    // Fixed before any tuning; they don't move.
    private static readonly (RatioBar Bar, bool Offload, bool DenominatorOffload)[] s_bars =
    [
        (AtLeast("datagrams/s", UdpPeerTable.Socket, LeastToSocket), false, false),
        (AtLeast("datagrams/s", UdpPeerTable.C, LeastToC), false, false),
        (AtLeast("datagrams/s with offload", UdpPeerTable.Socket, LeastToSocketWithOffload), true, false),
        (AtLeast("datagrams/s with offload", UdpPeerTable.C, LeastToC), true, true),
    ];

    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<UdpRun> runs) =>
    [
        .. s_bars.Select(entry => entry.Bar.Judge(UdpSummaries.Ratio(
            runs, (entry.Bar.Numerator, entry.Offload), (entry.Bar.Denominator, entry.DenominatorOffload)))).OfType<RatioBarResult>(),
    ];

    private static RatioBar AtLeast(string what, string denominator, double limit) =>
        new(what, UdpPeerTable.Weir, denominator, BarKind.AtLeast, limit);
}
