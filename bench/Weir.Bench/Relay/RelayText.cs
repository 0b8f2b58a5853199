namespace Weir.Bench;

/// <summary>The report for people.</summary>
internal static class RelayText
{
    private const double BytesPerMebibyte = 1024 * 1024;

    // Above this share of its core the generator has nothing left.
    private const double Saturated = 0.97;

    public static void Write(RelayReport report, TextWriter output)
    {
        WriteHeader(report, output);
        output.WriteLine();
        output.WriteLine($"one stream of {(double)report.Options.BulkBytes / RelayOptions.BytesPerGib:0.##} GiB");
        WriteBulk(report.Summary, output);
        output.WriteLine();
        output.WriteLine($"{report.Options.Connections} connections, {report.Options.SizeBytes} bytes there and back");
        WriteRequests(report.Summary, output);
        output.WriteLine();
        output.WriteLine($"{report.Options.StallBytes / BytesPerMebibyte:0} MiB offered, nobody reads");
        WriteStall(report.Summary, output);

        output.WriteLine();
        WriteNotes(report, output);
        RatioBarText.Write(report.Bars, report.IsMeasurement, output);
        if (report.MemoryBar is MemoryBarResult memory)
        {
            output.WriteLine(
                $"memory with a stalled reader: {memory.Peer} {memory.MostGrowthBytes / BytesPerMebibyte:0.0} MiB above idle at the most "
                + $"(bar at most {memory.BarBytes / BytesPerMebibyte:0} MiB){RatioBarText.Verdict(memory.IsMet, report.IsMeasurement)}");
        }
    }

    private static void WriteHeader(RelayReport report, TextWriter output)
    {
        RelayOptions options = report.Options;
        MachineText.Write(report.Machine, report.Pinning.Describe("relay", "source, sink and backend"), report.Command, output);
        foreach (string version in report.Peers.Select(peer => peer.Version).OfType<string>().Distinct())
            output.WriteLine($"peer     {version}");
        output.WriteLine($"runs     {options.Runs} interleaved, {options.WarmupSeconds} s warm-up, a fresh process for each measurement");
        output.WriteLine("shown    median (least–most); CPU of the relay and its children; ratio to haproxy round by round");
        if (!report.IsMeasurement)
            output.WriteLine("THIS IS NOT A MEASUREMENT: --quick only shows that everything works");
    }

    private static void WriteBulk(IReadOnlyList<RelaySummary> lines, TextWriter output)
    {
        var table = new TextTable("peer", "CPU s/GiB", "GiB/s", "relay CPU", "load CPU", "CPU to haproxy");
        foreach (RelaySummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(line.CpuSecondsPerGib, "0.000"),
                SpreadText.Of(line.GibPerSecond, "0.00"),
                $"{line.BulkCpuFraction.Median:P0}",
                $"{line.BulkLoadCpuFraction.Median:P0}",
                SpreadText.OrNothing(line.CpuPerGibRatioToHaproxy, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteRequests(IReadOnlyList<RelaySummary> lines, TextWriter output)
    {
        var table = new TextTable("peer", "CPU µs/request", "requests/s", "p99 µs", "CPU to haproxy");
        foreach (RelaySummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(line.CpuUsPerRequest, "0.00"),
                $"{line.RequestsPerSecond.Median:0}",
                $"{line.P99Us.Median:0}",
                SpreadText.OrNothing(line.CpuPerRequestRatioToHaproxy, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteStall(IReadOnlyList<RelaySummary> lines, TextWriter output)
    {
        var table = new TextTable("peer", "MiB above idle", "MiB taken");
        foreach (RelaySummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(InMebibytes(line.StallGrowthBytes), "0.0"),
                SpreadText.Of(InMebibytes(line.StallTakenBytes), "0.0"));
        }

        table.Write(output);
    }

    private static void WriteNotes(RelayReport report, TextWriter output)
    {
        foreach (LeftOut peer in report.LeftOut)
            output.WriteLine($"left out: {peer.Peer}, {peer.Reason}");
        foreach (RelaySummary line in report.Summary.Where(line => line.IsBulkDisturbed))
            output.WriteLine($"note: {line.Peer}: neither CPU was busy with the stream; something else ran there, GiB/s can't be compared");
        foreach (RelaySummary line in report.Summary.Where(line => line.BulkLoadCpuFraction.Median > Saturated))
            output.WriteLine($"note: {line.Peer}: the core of source and sink was full; GiB/s is a lower bound");
    }

    private static Spread InMebibytes(Spread bytes) =>
        new(bytes.Median / BytesPerMebibyte, bytes.Min / BytesPerMebibyte, bytes.Max / BytesPerMebibyte);
}
