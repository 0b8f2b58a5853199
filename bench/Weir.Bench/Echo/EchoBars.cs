namespace Weir.Bench;

/// <summary>What Weir has to reach: CPU per request, as a ratio to a peer in the same round. Lower is better.</summary>
internal sealed record Bar(string Numerator, string Denominator, double Limit);

internal sealed record BarResult(int Connections, string Numerator, string Denominator, double Bar, Spread Ratio, bool IsMet);

internal static class EchoBars
{
    // Fixed before any tuning; they don't move.
    private static readonly Bar[] s_echo =
    [
        new(PeerTable.WeirInline, PeerTable.CEpoll, 1.10),
        new(PeerTable.WeirInline, PeerTable.SocketInline, 0.90),
        new(PeerTable.WeirThreadPool, PeerTable.Socket, 0.85),
    ];

    public static IReadOnlyList<BarResult> Judge(IReadOnlyList<EchoRun> runs, IEnumerable<int> connectionCounts)
    {
        var results = new List<BarResult>();
        foreach (int connections in connectionCounts)
        {
            foreach (Bar bar in s_echo)
            {
                if (EchoSummaries.CpuRatio(runs, connections, bar.Numerator, bar.Denominator) is Spread ratio)
                    results.Add(new BarResult(connections, bar.Numerator, bar.Denominator, bar.Limit, ratio, ratio.Median <= bar.Limit));
            }
        }

        return results;
    }
}
