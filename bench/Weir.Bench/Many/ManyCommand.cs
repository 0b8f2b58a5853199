using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class ManyCommand
{
    private static readonly Option<int> s_connections = new("--connections")
    {
        Description = $"All of them open at once; {ManyPlan.MostPerProcess:N0} to a process at most, of servers and of clients",
        DefaultValueFactory = _ => ManyPlan.DefaultConnections,
    };

    private static readonly Option<string?> s_engine = EngineOption.Create();

    public static Command Create()
    {
        Command command = new("many", "Very many connections to one port, a message through each, and what they cost") { s_connections, s_engine, SharedOptions.Json };
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        int connections = parsed.GetValue(s_connections);
        if (connections is < 1 or > ManyPlan.MostConnections)
            throw new BenchException($"--connections {connections}: expected 1 to {ManyPlan.MostConnections}");
        ManyReport report = await new ManyBenchmark(connections, EngineOption.Parse(parsed.GetValue(s_engine)), cancel).RunAsync();
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            ManyText.Write(report, Console.Out);
        if (!report.IsRight)
            throw new BenchException($"many: {report.Connections - report.Answered} connections are unanswered", BenchException.Wrong);
    }
}
