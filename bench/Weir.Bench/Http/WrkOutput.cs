using System.Text.Json;

namespace Weir.Bench;

/// <summary>What the generator counted; a percentile is null where it doesn't tell.</summary>
internal sealed record GeneratorCount(double Seconds, long Requests, long AnswerBytes, double? P50Us, double? P99Us);

/// <summary>The line that workload.lua ends wrk's output with.</summary>
internal static class WrkOutput
{
    /// <exception cref="BenchException">A request failed, or there was none.</exception>
    public static GeneratorCount Parse(string line)
    {
        Totals totals = JsonSerializer.Deserialize<Totals>(line, BenchJson.Options)!;
        if (totals.ConnectErrors + totals.ReadErrors + totals.WriteErrors + totals.StatusErrors + totals.Timeouts > 0)
        {
            throw new BenchException(
                $"wrk: errors: {totals.ConnectErrors} connect, {totals.ReadErrors} read, {totals.WriteErrors} write, "
                + $"{totals.StatusErrors} status, {totals.Timeouts} timeout",
                BenchException.Wrong);
        }

        if (totals.Requests == 0)
            throw new BenchException("wrk: no answer", BenchException.Wrong);
        return new GeneratorCount(totals.Seconds, totals.Requests, totals.Bytes, Known(totals.P50Us), Known(totals.P99Us));
    }

    // With pipelining wrk loses the longest times, and then says 0.
    private static double? Known(double us) => us > 0 ? us : null;

    private sealed record Totals(
        double Seconds,
        long Requests,
        long Bytes,
        double P50Us,
        double P99Us,
        long ConnectErrors,
        long ReadErrors,
        long WriteErrors,
        long StatusErrors,
        long Timeouts);
}
