namespace Weir.Bench;

internal static class MachineText
{
    public static void Write(Machine machine, Pinning pinning, string command, TextWriter output)
    {
        output.WriteLine($"command  {command}");
        output.WriteLine($"commit   {machine.Commit ?? "unknown"}");
        output.WriteLine($"machine  Linux {machine.Kernel}, {machine.CpuCount} × {machine.CpuModel}, TCP {machine.TcpCongestionControl}");
        output.WriteLine($"tools    {machine.DotnetVersion}; {machine.GccVersion}, {machine.GccFlags}; {machine.GoVersion ?? "no go"}");
        output.WriteLine(pinning.IsPinned
            ? $"pinned   server to CPU {pinning.ServerCpu}, load generator to CPU {pinning.LoadCpu}"
            : "pinned   nothing: only one CPU is available, server and load generator share it");
    }
}
