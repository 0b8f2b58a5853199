using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class EchoCommand
{
    private const double DefaultSeconds = 2;
    private const double QuickWarmupSeconds = 0.1;
    private const double QuickSeconds = 0.2;

    private static readonly Option<string?> s_connections =
        new("--connections") { Description = "Connection counts, one table each (50,500)" };

    private static readonly Option<int> s_size =
        new("--size") { Description = "Bytes per message", DefaultValueFactory = _ => EchoOptions.DefaultSizeBytes };

    private static readonly Option<int?> s_runs =
        new("--runs") { Description = "Interleaved rounds (7, which is also the least)" };

    private static readonly Option<double?> s_seconds =
        new("--seconds") { Description = "Measured seconds of each run (2)" };

    private static readonly Option<double?> s_warmup =
        new("--warmup") { Description = "Seconds under load before the measured window (4, which is also the least)" };

    private static readonly Option<UrlKind> s_urlKind =
        new("--url-kind") { Description = "tcp or unix" };

    private static readonly Option<bool> s_quick =
        new("--quick") { Description = "One short round to see that everything works; not a measurement" };

    public static Command Create()
    {
        Command command = new("echo", "Echo servers: CPU per request, requests/s, latency and memory beside a C loop")
        {
            s_connections, s_size, s_runs, s_seconds, s_warmup, s_urlKind, s_quick, SharedOptions.Peers, SharedOptions.Json,
        };
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        EchoOptions options = Read(parsed);
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);

        EchoReport report = await EchoBenchmark.RunAsync(options, parsed.GetValue(SharedOptions.Peers), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            EchoText.Write(report, Console.Out);
    }

    private static EchoOptions Read(ParseResult parsed)
    {
        bool quick = parsed.GetValue(s_quick);
        return new EchoOptions(
            Connections: SharedOptions.ParseCounts("--connections", parsed.GetValue(s_connections) ?? (quick ? "50" : "50,500")),
            SizeBytes: parsed.GetValue(s_size),
            Runs: parsed.GetValue(s_runs) ?? (quick ? 1 : EchoOptions.LeastRuns),
            WarmupSeconds: parsed.GetValue(s_warmup) ?? (quick ? QuickWarmupSeconds : EchoOptions.LeastWarmupSeconds),
            Seconds: parsed.GetValue(s_seconds) ?? (quick ? QuickSeconds : DefaultSeconds),
            UrlKind: parsed.GetValue(s_urlKind),
            Quick: quick);
    }
}
