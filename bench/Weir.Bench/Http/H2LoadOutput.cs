using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Bench;

/// <summary>h2load's report. It has no percentiles.</summary>
internal static partial class H2LoadOutput
{
    /// <exception cref="BenchException">A request failed, there was none, or it is another program's report.</exception>
    public static GeneratorCount Parse(string report)
    {
        long Number(Regex line) => long.Parse(Find(report, line), CultureInfo.InvariantCulture);

        long succeeded = Number(SucceededPattern);
        string unwanted = Find(report, UnwantedPattern);
        string statusCodes = Find(report, StatusCodesPattern);
        if (unwanted != "0 failed, 0 errored, 0 timeout" || statusCodes != $"{succeeded} 2xx, 0 3xx, 0 4xx, 0 5xx")
            throw new BenchException($"h2load: {succeeded} succeeded, {unwanted}; status codes: {statusCodes}", BenchException.Wrong);
        if (succeeded == 0)
            throw new BenchException("h2load: no answer", BenchException.Wrong);
        double perSecond = double.Parse(Find(report, PerSecondPattern), CultureInfo.InvariantCulture);
        return new GeneratorCount(succeeded / perSecond, succeeded, Number(DataPattern), P50Us: null, P99Us: null);
    }

    private static string Find(string report, Regex line) => line.Match(report) is { Success: true } match
        ? match.Groups["value"].Value
        : throw new BenchException($"h2load: its report has no line like {line}", BenchException.Wrong);

    [GeneratedRegex(@"^finished in \S+, (?<value>[0-9.]+) req/s", RegexOptions.Multiline)]
    private static partial Regex PerSecondPattern { get; }

    [GeneratedRegex(@"^requests: .* (?<value>[0-9]+) succeeded,", RegexOptions.Multiline)]
    private static partial Regex SucceededPattern { get; }

    [GeneratedRegex(@"^requests: .* succeeded, (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex UnwantedPattern { get; }

    [GeneratedRegex(@"^status codes: (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex StatusCodesPattern { get; }

    [GeneratedRegex(@"^traffic: .*\((?<value>[0-9]+)\) data$", RegexOptions.Multiline)]
    private static partial Regex DataPattern { get; }
}
