namespace Weir.Bench;

internal static class MachineText
{
    public static void Write(Machine machine, string pinning, string command, TextWriter output)
    {
        output.WriteLine($"command  {command}");
        output.WriteLine($"commit   {machine.Commit ?? "unknown"}");
        output.WriteLine($"machine  Linux {machine.Kernel}, {machine.CpuCount} × {machine.CpuModel}, TCP {machine.TcpCongestionControl}");
        output.WriteLine($"tools    {machine.DotnetVersion}; {machine.GccVersion}, {machine.GccFlags}; {machine.GoVersion ?? "no go"}");
        output.WriteLine($"pinned   {pinning}");
    }
}
