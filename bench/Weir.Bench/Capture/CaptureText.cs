namespace Weir.Bench;

/// <summary>The report for people.</summary>
internal static class CaptureText
{
    public static void Write(CaptureReport report, TextWriter output)
    {
        CaptureBenchOptions options = report.Options;
        MachineText.Write(report.Machine, report.Pinning.Describe("capture", "sender"), report.Command, output);
        output.WriteLine($"peer     {report.TcpdumpVersion}");
        output.WriteLine(
            $"runs     {options.Runs} interleaved, {options.Seconds} s after {options.WarmupSeconds} s of warm-up; {options.PayloadBytes} bytes in each datagram, "
            + $"buffers of {options.BufferBytes / 1024} KiB, up to {options.SnapLengthBytes} bytes of each into a file in memory");
        output.WriteLine("shown    median (least–most); CPU of the program per packet; loss of all packets, as capinfos counts them");
        if (!report.IsMeasurement)
            output.WriteLine("THIS IS NOT A MEASUREMENT: --quick only shows that everything works");
        output.WriteLine();
        var table = new TextTable("packets/s", "peer", "CPU µs", "loss %");
        foreach (CaptureSummary line in report.Summary)
            table.Add($"{line.Rate}", line.Peer, SpreadText.Of(line.CpuUsPerPacket, "0.000"), SpreadText.Of(Percent(line.LossFraction), "0.000"));
        table.Write(output);
        output.WriteLine();
        RatioBarText.Write(report.Bars, report.IsMeasurement, output);
        foreach (LossBarResult bar in report.LossBars)
        {
            output.WriteLine(
                $"loss at {bar.Rate}/s: {bar.LossFraction * 100:0.000} %, tcpdump {bar.PeerLossFraction * 100:0.000} % (bar at most {bar.BarFraction * 100:0.000} %)"
                + RatioBarText.Verdict(bar.IsMet, report.IsMeasurement));
        }
    }

    private static Spread Percent(Spread fraction) => new(fraction.Median * 100, fraction.Min * 100, fraction.Max * 100);
}
