namespace Weir.Bench;

/// <summary>One line of the table of idle connections.</summary>
internal sealed record HttpIdleSummary(
    string Peer, Spread RssAnonBytesPerConnection, Spread PrivateDirtyBytesPerConnection, bool Settled, Spread? RatioToKestrel);

internal static class HttpIdleSummaries
{
    public static IReadOnlyList<HttpIdleSummary> From(IReadOnlyList<HttpIdleRun> runs) =>
        [.. runs.Select(run => run.Slope).GroupBy(slope => slope.Peer).Select(own => Summarize(runs, own.Key, [.. own]))];

    /// <summary>RssAnon per connection of one peer over another's, round by round. Null when one of them did not run.</summary>
    public static Spread? Ratio(IReadOnlyList<HttpIdleRun> runs, string numerator, string denominator)
    {
        Dictionary<int, double> Of(string peer) => runs.Where(run => run.Slope.Peer == peer)
            .ToDictionary(run => run.Round, run => run.Slope.RssAnonBytesPerConnection);

        return Statistics.PairedRatio(Of(numerator), Of(denominator));
    }

    private static HttpIdleSummary Summarize(IReadOnlyList<HttpIdleRun> runs, string peer, IdleSlope[] own) => new(
        peer,
        Statistics.Of(own.Select(slope => slope.RssAnonBytesPerConnection)),
        Statistics.Of(own.Select(slope => slope.PrivateDirtyBytesPerConnection)),
        Settled: own.All(slope => slope.Steps.All(step => step.Settled)),
        Ratio(runs, peer, HttpPeerTable.Kestrel));
}
