using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class HttpCommand
{
    private static readonly Option<string?> s_workloads =
        new("--workloads") { Description = $"Some of {string.Join(",", HttpWorkloadTable.Names)}" };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(HttpPeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("http", "HTTP servers: CPU per request of Kestrel on its own transport and on Weir, beside nginx")
        {
            s_workloads, s_peers, SharedOptions.Json,
        };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        HttpOptions options = Read(parsed);
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);

        HttpReport report = await HttpBenchmark.RunAsync(options, parsed.GetValue(s_peers), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            HttpText.Write(report, Console.Out);
    }

    private static HttpOptions Read(ParseResult parsed)
    {
        bool quick = Measuring.IsQuick(parsed);
        string? named = parsed.GetValue(s_workloads);
        return new HttpOptions(
            Workloads: SharedOptions.Select("--workloads", HttpWorkloadTable.Names, name => name, named),
            WorkloadsNamed: named is not null,
            Runs: Measuring.Runs(parsed),
            IdleConnections: quick ? HttpOptions.QuickIdleConnections : HttpOptions.DefaultIdleConnections,
            WarmupSeconds: HttpOptions.WholeSeconds("--warmup", Measuring.WarmupSeconds(parsed, HttpOptions.DefaultWarmupSeconds), quick),
            Seconds: HttpOptions.WholeSeconds("--seconds", Measuring.Seconds(parsed, HttpOptions.DefaultSeconds), quick),
            Quick: quick);
    }
}
