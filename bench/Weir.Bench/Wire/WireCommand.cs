using System.CommandLine;
using System.Text.Json;
using Weir.Wire;

namespace Weir.Bench;

internal static class WireCommand
{
    private const int DefaultRate = 200_000;
    private const int DefaultRoundTrips = 20_000;
    private const int QuickRoundTrips = 500;

    private static readonly Option<int> s_rate =
        new("--rate") { Description = "Frames of 64 bytes per second, one way", DefaultValueFactory = _ => DefaultRate };

    public static Command Create()
    {
        Command command = new("wire", "The wire between two hosts: frames per second, and what it adds to a round trip") { s_rate, SharedOptions.Json };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            if (Namespaces.EnterOrReexecute([.. Environment.GetCommandLineArgs().Skip(1)]) is int exitCode)
                return exitCode;
        }
        catch (NamespaceException missing)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return BenchException.Environment;
        }

        return await SharedOptions.ReportingErrors(() => MeasureAsync(parsed, cancel));
    }

    private static async Task MeasureAsync(ParseResult parsed, CancellationToken cancel)
    {
        bool quick = Measuring.IsQuick(parsed);
        var options = new WireBenchOptions(
            parsed.GetValue(s_rate),
            quick ? QuickRoundTrips : DefaultRoundTrips,
            Measuring.Runs(parsed),
            Measuring.WarmupSeconds(parsed),
            Measuring.Seconds(parsed),
            quick);
        options.Validate();
        SharedOptions.RequireReleaseBuild(quick);
        WireReport report = await WireBenchmark.RunAsync(options, cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            WireText.Write(report, Console.Out);
    }
}
