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

    public static IReadOnlyList<RatioBarResult> Judge(IReadOnlyList<UdpRun> runs)
    {
        IReadOnlyList<UdpSummary> lanes = UdpSummaries.From(runs);
        return [.. s_bars.Select(entry => Judge(runs, lanes, entry.Bar, entry.Offload, entry.DenominatorOffload)).OfType<RatioBarResult>()];
    }

    private static RatioBarResult? Judge(
        IReadOnlyList<UdpRun> runs, IReadOnlyList<UdpSummary> lanes, RatioBar bar, bool offload, bool denominatorOffload)
    {
        (string Peer, bool Offload) numerator = (bar.Numerator, offload);
        (string Peer, bool Offload) denominator = (bar.Denominator, denominatorOffload);
        UdpSummary? disturbed = lanes.FirstOrDefault(
            lane => lane.IsDisturbed && ((lane.Peer, lane.Offload) == numerator || (lane.Peer, lane.Offload) == denominator));
        string? why = disturbed is null
            ? null
            : $"the sender of {disturbed.Peer} had only {disturbed.SenderCpuFraction.Min:P0} of its CPU in one round";
        return bar.Judge(UdpSummaries.Ratio(runs, numerator, denominator), why);
    }

    private static RatioBar AtLeast(string what, string denominator, double limit) =>
        new(what, UdpPeerTable.Weir, denominator, BarKind.AtLeast, limit);
}
