using System.Text.Json;

namespace Weir.Bench;

internal static class SoakText
{
    public static string NameOf<T>(T kind)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    public static string Bytes(long bytes) => bytes switch
    {
        < 10 * 1024 => $"{bytes:N0} B",
        < 10 * 1024 * 1024 => $"{bytes / 1024:N0} KiB",
        _ => $"{bytes / (1024 * 1024):N0} MiB",
    };

    public static void Write(SoakReport report, TextWriter output)
    {
        output.WriteLine($"command  {report.Command}");
        output.WriteLine($"commit   {report.Machine.Commit ?? "unknown"}");
        output.WriteLine($"machine  Linux {report.Machine.Kernel}, {report.Machine.CpuCount} × {report.Machine.CpuModel}");
        output.WriteLine(
            $"soak     {report.Engine}, {report.Seconds:0.0} s with the end, seed {report.Seed}; "
            + $"{SoakOptions.LoopsPerGroup} loops with each scheduling, tcp4 and unix");
        SoakTraffic traffic = report.Traffic;
        output.WriteLine(
            $"traffic  {traffic.AcceptedConnections:N0} connections, {traffic.MostOpenConnections} at once; "
            + $"{Bytes(traffic.SentBytes)} sent, {Bytes(traffic.VerifiedBytes)} came back and are right");
        output.WriteLine(
            $"loops    {traffic.Loops.Turns:N0} turns, {traffic.Loops.Events:N0} events, {traffic.Loops.CpuSeconds:0.0} s of CPU, {traffic.Loops.RefusedSends:N0} sends refused, "
            + $"{traffic.Loops.PausedReceives:N0} receives paused, {traffic.Loops.Stalls:N0} turns too long");
        if (traffic.Loops.Rings is { Rearms: > 0 } rings)
        {
            output.WriteLine(
                $"rings    {rings.BufferShortages:N0} buffer shortages, {rings.Rearms:N0} operations asked for again, {rings.Cancels:N0} taken back, "
                + $"{rings.Overflows:N0} overflows, {rings.FullSubmissions:N0} full submission queues");
        }

        output.WriteLine();
        WriteHandlers(report, output);
        output.WriteLine();
        WriteChecks(report.Checks, output);
    }

    private static void WriteHandlers(SoakReport report, TextWriter output)
    {
        string[] ends = [.. Enum.GetValues<SoakEnd>().Where(end => end is not (SoakEnd.Silent or SoakEnd.Burst)).Select(NameOf)];
        output.WriteLine("Connections by handler, and by how their clients ended:");
        var table = new TextTable(["handler", "served", "verified", .. ends]);
        foreach (SoakHandlerRow row in report.Handlers)
            table.Add([row.Handler, $"{row.Served:N0}", Bytes(row.VerifiedBytes), .. ends.Select(end => $"{row.Ends[end]:N0}")]);
        table.Write(output);
        output.WriteLine(
            $"and {report.Traffic.Ends[NameOf(SoakEnd.Silent)]:N0} that sent nothing, "
            + $"{report.Traffic.Ends[NameOf(SoakEnd.Burst)]:N0} times {SoakOptions.BurstConnections} at once");
    }

    private static void WriteChecks(IReadOnlyList<SoakCheck> checks, TextWriter output)
    {
        output.WriteLine("At the end there has to be nothing:");
        var table = new TextTable("what", "found", "");
        foreach (SoakCheck check in checks)
            table.Add(check.What, check.Found, check.IsRight ? "right" : "WRONG");
        table.Write(output);
        foreach (SoakCheck check in checks.Where(check => !check.IsRight))
        {
            foreach (string detail in check.Details)
                output.WriteLine($"wrong: {detail}");
        }
    }
}
