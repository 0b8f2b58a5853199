namespace Weir.Bench;

/// <summary>All that a run found. This is the object that --json prints.</summary>
internal sealed record SoakReport(
    string Benchmark,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    string Engine,
    int Seed,
    double Seconds,
    SoakTraffic Traffic,
    IReadOnlyList<SoakHandlerRow> Handlers,
    IReadOnlyList<SoakCheck> Checks)
{
    public bool IsRight => Checks.All(check => check.IsRight);
}

/// <param name="Ends">Of each kind how many connections came to it; a burst counts once.</param>
/// <param name="Loops">What the server's loops say, summed up.</param>
internal sealed record SoakTraffic(
    long AcceptedConnections,
    int MostOpenConnections,
    long SentBytes,
    long VerifiedBytes,
    IReadOnlyDictionary<string, long> Ends,
    SoakLoops Loops);

internal sealed record SoakLoops(long Turns, long Events, double CpuSeconds, long RefusedSends, long PausedReceives, long Stalls, SoakRings Rings)
{
    public static SoakLoops Sum(IReadOnlyCollection<LoopStatistics> loops) => new(
        loops.Sum(loop => loop.Turns),
        loops.Sum(loop => loop.Events),
        loops.Sum(loop => loop.CpuTime.TotalSeconds),
        loops.Sum(loop => loop.RefusedSends),
        loops.Sum(loop => loop.PausedReceives),
        loops.Sum(loop => loop.Stalls),
        new SoakRings(
            loops.Sum(loop => loop.BufferShortages),
            loops.Sum(loop => loop.Rearms),
            loops.Sum(loop => loop.Cancels),
            loops.Sum(loop => loop.Overflows),
            loops.Sum(loop => loop.FullSubmissions)));
}

/// <summary>Zero on the other engines.</summary>
internal sealed record SoakRings(long BufferShortages, long Rearms, long Cancels, long Overflows, long FullSubmissions);

/// <summary>One kind of handler: how often it served, what came back from it, and how its clients ended.</summary>
internal sealed record SoakHandlerRow(string Handler, long Served, long VerifiedBytes, IReadOnlyDictionary<string, long> Ends);

/// <summary>Something that has to be nothing at the end.</summary>
/// <param name="What">For a person.</param>
/// <param name="Found">What there was.</param>
/// <param name="IsRight">Whether that is nothing, or little enough.</param>
/// <param name="Details">The first of what is wrong, one line each.</param>
internal sealed record SoakCheck(string What, string Found, bool IsRight, IReadOnlyList<string> Details)
{
    public static SoakCheck Zero(string what, long found, IEnumerable<string>? details = null) =>
        new(what, $"{found:N0}", found == 0, [.. details ?? []]);
}
