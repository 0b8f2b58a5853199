using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class SoakCommand
{
    private const double DefaultSeconds = 60;

    private static readonly Option<double> s_minutes = new("--minutes") { Description = "How long clients go on; with --seconds the sum of both" };

    private static readonly Option<double> s_seconds = new("--seconds") { Description = $"The same in seconds ({DefaultSeconds:0} when neither is given)" };

    private static readonly Option<string?> s_engine = EngineOption.Create();

    private static readonly Option<int?> s_seed = new("--seed") { Description = "What is drawn at random, again; a new one for each run, which prints it" };

    public static Command Create()
    {
        Command command = new("soak", "A server under random clients that end in every way; then nothing may be left, or exit 1")
        {
            s_minutes, s_seconds, s_engine, s_seed, SharedOptions.Json,
        };
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        SoakOptions options = Read(parsed);
        Progress.Say($"soaking {EngineOption.NameOf(options.Engine)} for {options.Duration.TotalSeconds:0.#} s, seed {options.Seed}");
        SoakReport report = await SoakBenchmark.RunAsync(options, cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            SoakText.Write(report, Console.Out);
        if (!report.IsRight)
            throw new BenchException($"soak: {report.Checks.Count(check => !check.IsRight)} checks failed, seed {options.Seed}", BenchException.Wrong);
    }

    private static SoakOptions Read(ParseResult parsed)
    {
        double seconds = (60 * parsed.GetValue(s_minutes)) + parsed.GetValue(s_seconds);
        if (seconds is < 0 or > 7 * 24 * 3600)
            throw new BenchException("--minutes, --seconds: expected a time up to a week");
        return new SoakOptions(
            TimeSpan.FromSeconds(seconds == 0 ? DefaultSeconds : seconds),
            EngineOption.Parse(parsed.GetValue(s_engine)),
            parsed.GetValue(s_seed) ?? Random.Shared.Next());
    }
}
