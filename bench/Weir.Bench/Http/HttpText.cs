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

        if (report.IdleSummary.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"idle: {string.Join(" to ", report.Options.IdleConnections)} connections, each had one answer and stays");
            WriteIdle(report.IdleSummary, output);
        }

        output.WriteLine();
        foreach (HttpLeftOut leftOut in report.LeftOut)
            output.WriteLine($"left out: {string.Join(" in ", new[] { leftOut.Peer, leftOut.Workload }.OfType<string>())}, {leftOut.Reason}");
        WriteNotes(report, output);
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

    private static void WriteIdle(IEnumerable<HttpIdleSummary> lines, TextWriter output)
    {
        var table = new TextTable("peer", "bytes/connection", "of Private_Dirty", "ratio to kestrel");
        foreach (HttpIdleSummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(line.RssAnonBytesPerConnection, "0"),
                SpreadText.Of(line.PrivateDirtyBytesPerConnection, "0"),
                SpreadText.OrNothing(line.RatioToKestrel, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteNotes(HttpReport report, TextWriter output)
    {
        foreach (HttpSummary line in report.Summary.Where(line => line.LoadIsBottleneck))
        {
            output.WriteLine(
                $"note: {line.Peer}, {line.Workload}: the load generator's core was the full one; requests/s are a lower bound");
        }

        foreach (IGrouping<string, HttpSummary> lines in report.Summary.Where(line => line.NoCoreWasFull).GroupBy(line => line.Workload))
        {
            output.WriteLine(
                $"note: {lines.Key}: neither core was full with {string.Join(", ", lines.Select(line => line.Peer))}; "
                + "something else may have run on them");
        }

        foreach (HttpIdleSummary line in report.IdleSummary.Where(line => !line.Settled))
            output.WriteLine($"note: {line.Peer}: its memory never stood still for a second in one round");
    }
}
