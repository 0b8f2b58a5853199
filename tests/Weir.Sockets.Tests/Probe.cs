using Weir.Testing;

namespace Weir.Sockets.Tests;

/// <summary>Weir.Sockets.Probe: what takes a process of its own.</summary>
internal static class Probe
{
    private static readonly string s_assembly = Path.Combine(AppContext.BaseDirectory, "Weir.Sockets.Probe.dll");

    // The runtime's own sockets, which debuggers connect to, would be seen among the probe's.
    private static readonly Dictionary<string, string> s_quiet = new() { ["DOTNET_EnableDiagnostics"] = "0" };

    public static async Task<string[]> Lines(params string[] arguments) =>
        (await Run.Dotnet(s_assembly, arguments, s_quiet).ToEnd()).Succeeded().Lines;

    /// <summary>The probe, started by another program: <c>strace -f dotnet probe.dll …</c></summary>
    public static async Task<Finished> Under(string program, string[] programArguments, params string[] arguments) =>
        (await new Run(program, [.. programArguments, "dotnet", s_assembly, .. arguments]) { Environment = s_quiet }.ToEnd()).Succeeded();
}
