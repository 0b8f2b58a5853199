using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class CaptureCommand
{
    private static readonly Option<string> s_rates = new("--rates")
    {
        Description = "Packets per second, each measured by itself",
        DefaultValueFactory = _ => CaptureBenchOptions.DefaultRates,
    };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(CapturePeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("capture", "Packets into a file: CPU per packet and loss beside tcpdump (as root)") { s_rates, s_peers, SharedOptions.Json };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = new CaptureBenchOptions(
            SharedOptions.ParseCounts("--rates", parsed.GetRequiredValue(s_rates)),
            CaptureBenchOptions.DefaultPayloadBytes,
            CaptureBenchOptions.DefaultBufferBytes,
            CaptureBenchOptions.DefaultSnapLengthBytes,
            Measuring.Runs(parsed),
            Measuring.WarmupSeconds(parsed),
            Measuring.Seconds(parsed, CaptureBenchOptions.DefaultSeconds),
            Measuring.IsQuick(parsed));
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);
        CaptureReport report = await CaptureBenchmark.RunAsync(options, parsed.GetValue(s_peers), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            CaptureText.Write(report, Console.Out);
    }
}
