using System.Runtime.InteropServices;

namespace Weir.Bench;

/// <summary>Where and with what a run was made; kept with its data.</summary>
internal sealed record Machine(
    string Kernel,
    string CpuModel,
    int CpuCount,
    string TcpCongestionControl,
    string DotnetVersion,
    string? GccVersion,
    string GccFlags,
    string? GoVersion,
    string? Commit)
{
    public static async Task<Machine> DescribeAsync(CancellationToken cancel) => new(
        Kernel: await ReadAsync("/proc/sys/kernel/osrelease", cancel),
        CpuModel: await CpuModelAsync(cancel),
        CpuCount: Environment.ProcessorCount,
        TcpCongestionControl: await ReadAsync("/proc/sys/net/ipv4/tcp_congestion_control", cancel),
        DotnetVersion: RuntimeInformation.FrameworkDescription,
        GccVersion: await Shell.FirstLineAsync(cancel, "gcc", "--version"),
        GccFlags: NativePrograms.GccFlags,
        GoVersion: await Shell.FirstLineAsync(cancel, "go", "version"),
        Commit: await CommitAsync(cancel));

    private static async Task<string> ReadAsync(string path, CancellationToken cancel) =>
        File.Exists(path) ? (await File.ReadAllTextAsync(path, cancel)).Trim() : "unknown";

    private static async Task<string> CpuModelAsync(CancellationToken cancel)
    {
        string[] lines = await File.ReadAllLinesAsync("/proc/cpuinfo", cancel);
        string? line = lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static async Task<string?> CommitAsync(CancellationToken cancel)
    {
        string? commit = await Shell.FirstLineAsync(cancel, "git", "-C", Repository.Root, "rev-parse", "--short=12", "HEAD");
        string? changes = await Shell.FirstLineAsync(cancel, "git", "-C", Repository.Root, "status", "--porcelain");
        return commit is null || string.IsNullOrEmpty(changes) ? commit : $"{commit} with changes";
    }
}
