using System.CommandLine;

namespace Weir.Bench;

/// <summary>What makes a run a measurement, and the options that say how it is made.</summary>
internal static class Measuring
{
    public const int LeastRuns = 7;

    // Tiered compilation recompiles .NET's Socket for about three seconds under load on one CPU.
    public const double LeastWarmupSeconds = 4;

    private const double DefaultSeconds = 2;
    private const double QuickWarmupSeconds = 0.1;
    private const double QuickSeconds = 0.2;

    private static readonly Option<int?> s_runs =
        new("--runs") { Description = "Interleaved rounds (7, which is also the least)" };

    private static readonly Option<double?> s_seconds =
        new("--seconds") { Description = "Measured seconds of each run (2; http 3)" };

    private static readonly Option<double?> s_warmup =
        new("--warmup") { Description = "Seconds under load before the measured window (4, which is also the least)" };

    private static readonly Option<bool> s_quick =
        new("--quick") { Description = "One short round to see that everything works; not a measurement" };

    public static IEnumerable<Option> Options => [s_runs, s_seconds, s_warmup, s_quick];

    public static bool IsQuick(ParseResult parsed) => parsed.GetValue(s_quick);

    public static int Runs(ParseResult parsed) => parsed.GetValue(s_runs) ?? (IsQuick(parsed) ? 1 : LeastRuns);

    public static double WarmupSeconds(ParseResult parsed, double defaultSeconds = LeastWarmupSeconds) =>
        parsed.GetValue(s_warmup) ?? (IsQuick(parsed) ? QuickWarmupSeconds : defaultSeconds);

    public static double Seconds(ParseResult parsed, double defaultSeconds = DefaultSeconds) =>
        parsed.GetValue(s_seconds) ?? (IsQuick(parsed) ? QuickSeconds : defaultSeconds);

    public static void Validate(int runs, double warmupSeconds, double seconds, bool quick)
    {
        if (runs < 1 || warmupSeconds < 0 || seconds <= 0)
            throw new BenchException("--runs, --warmup, --seconds: expected numbers above zero");
        if (!quick && runs < LeastRuns)
            throw new BenchException($"--runs {runs}: a measurement needs at least {LeastRuns}; --quick tries things out");
        if (!quick && warmupSeconds < LeastWarmupSeconds)
            throw new BenchException($"--warmup {warmupSeconds}: a measurement needs at least {LeastWarmupSeconds} s");
    }

    /// <summary>Every other round backwards: what drifts during a round then favours nobody.</summary>
    public static IEnumerable<T> Order<T>(int round, IReadOnlyList<T> peers) => round % 2 == 1 ? peers : peers.Reverse();
}
