using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class RelayCommand
{
    private static readonly Option<double?> s_gib =
        new("--gib") { Description = "GiB of the one stream that is timed (4)" };

    private static readonly Option<int> s_connections = new("--connections")
    {
        Description = "Connections with a request of 64 bytes in flight each",
        DefaultValueFactory = _ => RelayOptions.DefaultConnections,
    };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(RelayPeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("relay", "TCP relays: CPU per GiB, GiB/s, CPU per request and memory beside haproxy and socat")
        {
            s_gib, s_connections, s_peers, SharedOptions.Json,
        };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        RelayOptions options = Read(parsed);
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);

        RelayReport report = await RelayBenchmark.RunAsync(options, parsed.GetValue(s_peers), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            RelayText.Write(report, Console.Out);
    }

    private static RelayOptions Read(ParseResult parsed)
    {
        bool quick = Measuring.IsQuick(parsed);
        double gib = parsed.GetValue(s_gib) ?? (quick ? RelayOptions.QuickBulkGib : RelayOptions.DefaultBulkGib);
        return new RelayOptions(
            BulkBytes: (long)(gib * RelayOptions.BytesPerGib),
            Connections: parsed.GetValue(s_connections),
            SizeBytes: RelayOptions.MessageBytes,
            StallBytes: quick ? RelayOptions.QuickStallBytes : RelayOptions.DefaultStallBytes,
            Runs: Measuring.Runs(parsed),
            WarmupSeconds: Measuring.WarmupSeconds(parsed),
            Seconds: Measuring.Seconds(parsed),
            Quick: quick);
    }
}
