using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class IdleCommand
{
    private static readonly Option<string> s_steps = new("--connections")
    {
        Description = "Two or more growing counts; the slope is between the first and the last",
        DefaultValueFactory = _ => "2000,15000",
    };

    private static readonly Option<bool> s_touch = new("--touch") { Description = "Each connection first sends and receives one message" };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(PeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("idle", "Memory of idle connections: the slope of the server's private memory, and of the kernel's")
        {
            s_steps, s_touch, s_peers, SharedOptions.Json,
        };
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        IReadOnlyList<int> steps = SharedOptions.ParseCounts("--connections", parsed.GetValue(s_steps)!);
        if (steps.Count < 2)
            throw new BenchException("--connections: a slope needs two counts");

        IdleReport report = await IdleBenchmark.RunAsync(parsed.GetValue(s_peers), steps, parsed.GetValue(s_touch), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            IdleText.Write(report, Console.Out);
    }
}
