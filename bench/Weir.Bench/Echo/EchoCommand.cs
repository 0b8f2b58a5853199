using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class EchoCommand
{
    private static readonly Option<string?> s_connections =
        new("--connections") { Description = "Connection counts, one table each (50,500)" };

    private static readonly Option<int> s_size =
        new("--size") { Description = "Bytes per message, up to 16384 in flight", DefaultValueFactory = _ => EchoOptions.DefaultSizeBytes };

    private static readonly Option<int> s_pipeline =
        new("--pipeline") { Description = "Messages in flight on each connection, sent by one call", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> s_connect =
        new("--connect") { Description = "A connection for each message: connect, message, answer, close" };

    private static readonly Option<string?> s_engine =
        new("--engine") { Description = "Which engines' Weir peers take part (epoll,uring)" };

    private static readonly Option<UrlKind> s_urlKind =
        new("--url-kind") { Description = "tcp or unix" };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(PeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("echo", "Echo servers: CPU per request, requests/s, latency and memory beside a C loop")
        {
            s_connections, s_size, s_pipeline, s_connect, s_urlKind, s_engine, s_peers, SharedOptions.Json,
        };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        EchoOptions options = Read(parsed);
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);

        string? peerNames = parsed.GetValue(s_peers);
        IReadOnlyList<Peer> wanted = PeerTable.Select(peerNames, parsed.GetValue(s_engine));
        EchoReport report = await EchoBenchmark.RunAsync(options, wanted, namedByUser: peerNames is not null, cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            EchoText.Write(report, Console.Out);
    }

    private static EchoOptions Read(ParseResult parsed)
    {
        bool quick = Measuring.IsQuick(parsed);
        return new EchoOptions(
            Connections: SharedOptions.ParseCounts("--connections", parsed.GetValue(s_connections) ?? (quick ? "50" : "50,500")),
            SizeBytes: parsed.GetValue(s_size),
            Runs: Measuring.Runs(parsed),
            WarmupSeconds: Measuring.WarmupSeconds(parsed),
            Seconds: Measuring.Seconds(parsed),
            UrlKind: parsed.GetValue(s_urlKind),
            Quick: quick)
        {
            Pipeline = parsed.GetValue(s_pipeline),
            Connect = parsed.GetValue(s_connect),
        };
    }
}
