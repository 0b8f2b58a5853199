namespace Weir.Bench;

internal static class WireText
{
    public static void Write(WireReport report, TextWriter output)
    {
        MachineText.Write(report.Machine, "nothing: sender, wire and receiver share the cores", report.Command, output);
        output.WriteLine($"wire     frames of {WireBenchOptions.FrameBytes} bytes at {report.Options.Rate:N0}/s; {report.Options.RoundTrips:N0} round trips of a datagram");
        output.WriteLine();
        var flows = new TextTable("round", "sent/s", "missed by the wire", "passed", "received", "wire's CPU");
        foreach (WireFlow flow in report.Flows)
            flows.Add($"{flow.Round}", $"{flow.SentPerSecond:N0}", $"{flow.Missed:N0}", $"{flow.Left:N0}", $"{flow.Received:N0}", $"{flow.WireCpuFraction:P0}");
        flows.Write(output);
        output.WriteLine();
        var trips = new TextTable("round", "direct µs", "p99", "wire µs", "p99", "added µs");
        foreach (WireRoundTrips trip in report.RoundTrips)
            trips.Add($"{trip.Round}", $"{trip.DirectUs:0.0}", $"{trip.DirectP99Us:0.0}", $"{trip.WireUs:0.0}", $"{trip.WireP99Us:0.0}", $"{trip.AddedUs:0.0}");
        trips.Write(output);
        output.WriteLine();
        output.WriteLine(
            $"frames/s passed: {SpreadText.Of(report.PassedPerSecond, "N0")} (bar at least {WireReport.BarPerSecond:N0}, "
            + $"lost at most {WireReport.BarLostFraction:P1}; lost {report.LostFraction.Median:P2}){Verdict(report.PassesRate, report)}");
        output.WriteLine(
            $"µs added to a round trip, median: {SpreadText.Of(report.AddedUs, "0.0")} (bar at most {WireReport.BarAddedUs:0}){Verdict(report.AddsLittle, report)}");
    }

    private static string Verdict(bool? isMet, WireReport report) =>
        isMet is bool met ? RatioBarText.Verdict(met, report.IsMeasurement) : ": not judged, another rate was asked for";
}
