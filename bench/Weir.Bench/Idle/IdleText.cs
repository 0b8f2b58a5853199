namespace Weir.Bench;

internal static class IdleText
{
    private const double BytesPerMebibyte = 1024 * 1024;

    public static void Write(IdleReport report, TextWriter output)
    {
        MachineText.Write(report.Machine, report.Pinning.Describe("server", "load generator"), report.Command, output);
        output.WriteLine(report.Touched ? "state    each connection has echoed one message" : "state    no connection has sent anything");
        output.WriteLine();

        var table = new TextTable("peer", "bytes/connection", "of Private_Dirty", "kernel, both ends", "memory MiB");
        foreach (IdleSlope slope in report.Slopes)
        {
            table.Add(
                slope.Peer,
                $"{slope.RssAnonBytesPerConnection:0}",
                $"{slope.PrivateDirtyBytesPerConnection:0}",
                $"{slope.KernelBytesPerConnection:0}",
                string.Join(", ", slope.Steps.Select(step => $"{step.ServerRssAnonBytes / BytesPerMebibyte:0.0} at {step.Connections}")));
        }

        table.Write(output);
        output.WriteLine();
        foreach (PeerEntry peer in report.Peers)
            output.WriteLine($"{peer.Name}: {peer.Description}");
        foreach (IdleSlope slope in report.Slopes.Where(slope => slope.Steps.Any(step => !step.Settled)))
            output.WriteLine($"note: {slope.Peer}'s memory never stood still for a second");
    }
}
