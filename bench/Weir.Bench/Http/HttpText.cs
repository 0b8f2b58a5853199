namespace Weir.Bench;

/// <summary>The report for people.</summary>
internal static class HttpText
{
    private const double BytesPerMebibyte = 1024 * 1024;

    public static void Write(HttpReport report, TextWriter output)
    {
        WriteHeader(report, output);
        foreach (HttpWorkloadEntry workload in report.Workloads)
        {
            output.WriteLine();
            string connections = workload.Connections == 1 ? "1 connection" : $"{workload.Connections} connections";
            output.WriteLine($"{workload.Name}: {workload.Description}, {connections}");
            WriteTable(report.Summary.Where(line => line.Workload == workload.Name), output);
        }

        output.WriteLine();
        foreach (HttpLeftOut leftOut in report.LeftOut)
            output.WriteLine($"left out: {string.Join(" in ", new[] { leftOut.Peer, leftOut.Workload }.OfType<string>())}, {leftOut.Reason}");
        WriteNotes(report.Summary, output);
        RatioBarText.Write(report.Bars, report.IsMeasurement, output);
    }

    private static void WriteHeader(HttpReport report, TextWriter output)
    {
        HttpOptions options = report.Options;
        MachineText.Write(report.Machine, report.Pinning.Describe("server", "load generator"), report.Command, output);
        foreach (HttpPeerEntry peer in report.Peers.Where(peer => peer.Version is not null))
            output.WriteLine($"peer     {peer.Version}");
        output.WriteLine(
            $"runs     {options.Runs} interleaved, {options.WarmupSeconds} s warm-up, {options.Seconds} s measured, a fresh process for each");
        output.WriteLine("shown    median (least–most); ratio to kestrel: CPU per request, round by round");
        if (!report.IsMeasurement)
            output.WriteLine("THIS IS NOT A MEASUREMENT: --quick only shows that everything works");
    }

    private static void WriteTable(IEnumerable<HttpSummary> lines, TextWriter output)
    {
        var table = new TextTable(
            "peer", "CPU µs/request", "requests/s", "p50 µs", "p99 µs", "memory MiB", "server CPU", "load CPU", "ratio to kestrel");
        foreach (HttpSummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(line.ServerCpuUsPerRequest, "0.00"),
                $"{line.RequestsPerSecond.Median:0}",
                $"{line.P50Us?.Median:0}",
                $"{line.P99Us?.Median:0}",
                $"{line.ServerRssAnonBytes.Median / BytesPerMebibyte:0.0}",
                $"{line.ServerCpuFraction.Median:P0}",
                $"{line.LoadCpuFraction.Median:P0}",
                SpreadText.OrNothing(line.CpuRatioToKestrel, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteNotes(IReadOnlyList<HttpSummary> lines, TextWriter output)
    {
        foreach (HttpSummary line in lines.Where(line => line.LoadIsBottleneck))
        {
            output.WriteLine(
                $"note: {line.Peer}, {line.Workload}: the load generator's core was the full one; requests/s are a lower bound");
        }

        foreach (HttpSummary line in lines.Where(line => line.NoCoreWasFull))
            output.WriteLine($"note: {line.Peer}, {line.Workload}: neither core was full; something else may have run on them");
    }
}
