namespace Weir.Bench;

internal static class ManyText
{
    public static void Write(ManyReport report, TextWriter output)
    {
        MachineText.Write(report.Machine, "nothing", report.Command, output);
        output.WriteLine(
            $"many     {report.Connections:N0} connections, {report.Engine}; {report.ServerProcesses} servers on one port, {report.ClientProcesses} client processes");
        output.WriteLine();
        var table = new TextTable("step", "connections", "seconds", "server bytes each", "kernel bytes each, both ends");
        table.Add("opened", $"{report.Opened:N0}", $"{report.OpenSeconds:0.0}", $"{report.Idle.ServerRssAnonBytesPerConnection:0}", $"{report.Idle.KernelBytesPerConnection:0}");
        table.Add(
            "answered", $"{report.Answered:N0}", $"{report.AnswerSeconds:0.0}",
            $"{report.Touched.ServerRssAnonBytesPerConnection:0}", $"{report.Touched.KernelBytesPerConnection:0}");
        table.Add("left open", $"{report.LeftDescriptors:N0}", $"{report.CloseSeconds:0.0}", "", "");
        table.Write(output);
        if (report.Wrong > 0)
            output.WriteLine($"wrong: {report.Wrong:N0} answers");
    }
}
