using System.CommandLine;
using System.Text.Json;

namespace Weir.Bench;

internal static class UdpCommand
{
    private static readonly Option<UdpOffload> s_offload =
        new("--offload") { Description = "Segmentation offload: on, off or both", DefaultValueFactory = _ => UdpOffload.Both };

    private static readonly Option<string?> s_peers = SharedOptions.PeersOf(UdpPeerTable.All.Select(peer => peer.Name));

    public static Command Create()
    {
        Command command = new("udp", "One flow of 64-byte datagrams over loopback: how many arrive per second")
        {
            s_offload, s_peers, SharedOptions.Json,
        };
        foreach (Option option in Measuring.Options)
            command.Add(option);
        command.SetAction((parsed, cancel) => SharedOptions.ReportingErrors(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = new UdpOptions(
            parsed.GetValue(s_offload),
            UdpOptions.DatagramBytes,
            UdpOptions.AskedReceiveBufferBytes,
            Measuring.Runs(parsed),
            Measuring.WarmupSeconds(parsed),
            Measuring.Seconds(parsed),
            Measuring.IsQuick(parsed));
        options.Validate();
        SharedOptions.RequireReleaseBuild(options.Quick);

        UdpReport report = await UdpBenchmark.RunAsync(options, parsed.GetValue(s_peers), cancel);
        if (parsed.GetValue(SharedOptions.Json))
            Console.WriteLine(JsonSerializer.Serialize(report, BenchJson.Options));
        else
            UdpText.Write(report, Console.Out);
    }
}
