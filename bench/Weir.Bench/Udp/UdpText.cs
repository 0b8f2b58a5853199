namespace Weir.Bench;

/// <summary>The report for people.</summary>
internal static class UdpText
{
    private const double PerMillion = 1e-6;

    public static string NameOf(string peer, bool offload) => offload ? $"{peer} with offload" : peer;

    public static void Write(UdpReport report, TextWriter output)
    {
        WriteHeader(report, output);
        foreach (bool offload in report.Summary.Select(line => line.Offload).Distinct())
        {
            output.WriteLine();
            output.WriteLine(offload ? "with segmentation offload, 64 datagrams per message" : "without offload");
            WriteTable(report.Summary.Where(line => line.Offload == offload), output);
        }

        output.WriteLine();
        foreach (UdpSummary line in report.Summary.Where(line => line.HasUnexplainedLoss))
            output.WriteLine($"note: {NameOf(line.Peer, line.Offload)}: datagrams are missing that the kernel did not drop");
        if (report.Summary.Any(line => line.IsDisturbed))
            output.WriteLine("note: something else ran on the sender's CPU; the rates are shares of it, only the ns each can be compared");
        RatioBarText.Write(report.Bars, report.IsMeasurement, output);
    }

    private static void WriteHeader(UdpReport report, TextWriter output)
    {
        UdpOptions options = report.Options;
        MachineText.Write(report.Machine, report.Pinning.Describe("sender", "receiver"), report.Command, output);
        output.WriteLine($"runs     {options.Runs} interleaved, {options.WarmupSeconds} s warm-up, {options.Seconds} s measured, fresh processes");
        output.WriteLine(
            $"flow     one, {options.SizeBytes} bytes, each datagram numbered and looked at; receive buffer "
            + string.Join(" and ", report.Summary.Select(line => line.ReceiveBufferBytes).OfType<int>().Distinct()) + " bytes as the kernel counts");
        output.WriteLine("shown    median (least–most) of what was received; ratios round by round");
        if (!report.IsMeasurement)
            output.WriteLine("THIS IS NOT A MEASUREMENT: --quick only shows that everything works");
    }

    private static void WriteTable(IEnumerable<UdpSummary> lines, TextWriter output)
    {
        var table = new TextTable(
            "peer", "M datagrams/s", "M offered/s", "lost", "sender ns each", "receiver ns each", "receiver CPU", "sender CPU", "ratio to C", "ratio to Socket");
        foreach (UdpSummary line in lines)
        {
            table.Add(
                line.Peer,
                SpreadText.Of(InMillions(line.DatagramsPerSecond), "0.000"),
                $"{line.OfferedPerSecond.Median * PerMillion:0.000}",
                $"{line.LostFraction.Median:P1}",
                $"{line.SenderCpuNsPerDatagram.Median:0}",
                $"{line.ReceiverCpuNsPerDatagram.Median:0}",
                $"{line.ReceiverCpuFraction.Median:P0}",
                $"{line.SenderCpuFraction.Median:P0}",
                SpreadText.OrNothing(line.RatioToC, "0.00"),
                SpreadText.OrNothing(line.RatioToSocket, "0.00"));
        }

        table.Write(output);
    }

    private static Spread InMillions(Spread spread) =>
        new(spread.Median * PerMillion, spread.Min * PerMillion, spread.Max * PerMillion);
}
