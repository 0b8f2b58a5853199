namespace Weir.Bench;

/// <summary>The report for people.</summary>
internal static class EchoText
{
    private const double BytesPerMebibyte = 1024 * 1024;

    public static void Write(EchoReport report, TextWriter output)
    {
        string kind = report.Options.UrlKind.ToString().ToLowerInvariant();
        WriteHeader(report, output);
        foreach (int connections in report.Options.Connections)
        {
            output.WriteLine();
            output.WriteLine($"{connections} connections, {DescribeMessages(report.Options)}, {kind}");
            WriteTable(report.Summary.Where(line => line.Connections == connections), output);
        }

        output.WriteLine();
        foreach (LeftOut peer in report.LeftOut)
            output.WriteLine($"left out: {peer.Peer}, {peer.Reason}");
        WriteSmallBuffers(report.Options, report.Peers, output);
        WriteNotes(report.Summary, output);
        WriteBars(report, output);
    }

    private static string DescribeMessages(EchoOptions options) => options switch
    {
        { Connect: true } => $"each for one message of {options.SizeBytes} bytes",
        { Pipeline: > 1 } => $"{options.Pipeline} messages of {options.SizeBytes} bytes in flight on each",
        _ => $"{options.SizeBytes} bytes",
    };

    private static void WriteSmallBuffers(EchoOptions options, IEnumerable<PeerEntry> peers, TextWriter output)
    {
        PeerEntry[] small = [.. peers.Where(peer => peer.BufferBytes < options.FlightBytes)];
        if (small.Length > 0)
        {
            output.WriteLine(
                $"note: {string.Join(", ", small.Select(peer => peer.Name))}: the buffer of {small.Max(peer => peer.BufferBytes)} bytes is smaller than "
                + "what is in flight. Answers go in pieces, and Nagle's algorithm with delayed acknowledgements may hold them back");
        }
    }

    private static void WriteHeader(EchoReport report, TextWriter output)
    {
        EchoOptions options = report.Options;
        MachineText.Write(report.Machine, report.Pinning.Describe("server", "load generator"), report.Command, output);
        output.WriteLine(
            $"runs     {options.Runs} interleaved, {options.WarmupSeconds} s warm-up, {options.Seconds} s measured, every byte checked");
        output.WriteLine($"load     closed loop on {string.Join(" and ", report.Runs.Select(run => run.Result.LoadEngine).Distinct())}");
        output.WriteLine("shown    median (least–most); ratio to C: CPU per request, round by round");
        if (!report.IsMeasurement)
            output.WriteLine("THIS IS NOT A MEASUREMENT: --quick only shows that everything works");
    }

    private static void WriteTable(IEnumerable<EchoSummary> lines, TextWriter output)
    {
        var table = new TextTable(
            "peer", "CPU µs/request", "requests/s", "p50 µs", "p99 µs", "memory MiB", "server CPU", "load CPU", "ratio to C");
        foreach (EchoSummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(line.ServerCpuUsPerRequest, "0.00"),
                $"{line.RequestsPerSecond.Median:0}",
                $"{line.P50Us.Median:0}",
                $"{line.P99Us.Median:0}",
                $"{line.ServerRssAnonBytes.Median / BytesPerMebibyte:0.0}",
                $"{line.ServerCpuFraction.Median:P0}",
                $"{line.LoadCpuFraction.Median:P0}",
                SpreadText.OrNothing(line.CpuRatioToC, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteNotes(IReadOnlyList<EchoSummary> lines, TextWriter output)
    {
        foreach (EchoSummary line in lines.Where(line => line.LoadIsBottleneck))
        {
            output.WriteLine(
                $"note: {line.Peer} at {line.Connections}: the load generator's core was the full one; requests/s are a lower bound");
        }

        if (lines.Where(line => line.NoCoreWasFull).ToArray() is { Length: > 0 } slack)
        {
            string where = slack.Length == lines.Count
                ? "any peer"
                : string.Join(", ", slack.Select(line => $"{line.Peer} at {line.Connections}"));
            output.WriteLine($"note: neither core was full with {where}; something else may have run on them");
        }
    }

    private static void WriteBars(EchoReport report, TextWriter output)
    {
        foreach (BarResult bar in report.Bars)
        {
            string bestOf = bar.BestOf is null ? "" : $" (best of {string.Join(", ", bar.BestOf)})";
            output.WriteLine(
                $"{bar.Numerator} / {bar.Denominator}{bestOf} {SpreadText.Of(bar.Ratio, "0.00")} at {bar.Connections} "
                + $"(bar {bar.Bar:0.00}){RatioBarText.Verdict(bar.IsMet, report.IsMeasurement)}");
        }
    }
}
