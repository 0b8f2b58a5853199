using System.Text.Json;

namespace Weir.Bench;

internal enum UrlKind
{
    Tcp,
    Unix,
}

/// <summary>What one run of the load generator says; its own key names.</summary>
internal sealed record LoadResult(
    string LoadEngine,
    int Connections,
    int SizeBytes,
    double WarmupSeconds,
    double WindowSeconds,
    long Requests,
    double RequestsPerSecond,
    double P50Us,
    double P99Us,
    double MaxUs,
    double ServerCpuUsPerRequest,
    double ServerCpuFraction,
    double LoadCpuUsPerRequest,
    double LoadCpuFraction,
    long ServerRssAnonBytes);

internal sealed record IdleStep(int Connections, bool Settled, long ServerRssAnonBytes, long ServerPrivateDirtyBytes);

internal sealed record IdleResult(bool Touched, IReadOnlyList<IdleStep> Steps);

/// <summary>Runs the load generator against a server. It has deadlines of its own; ours is only for the unforeseen.</summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromMinutes(3);

    public static Task<LoadResult> EchoAsync(
        ServerProcess server,
        Pinning pinning,
        int connections,
        int sizeBytes,
        double warmupSeconds,
        double seconds,
        CancellationToken cancel)
    {
        string[] options =
        [
            "--connections", $"{connections}", "--size", $"{sizeBytes}", "--warmup", $"{warmupSeconds}", "--seconds", $"{seconds}",
        ];
        return RunAsync<LoadResult>(server, pinning, options, TimeSpan.FromSeconds(warmupSeconds + seconds) + s_grace, cancel);
    }

    public static Task<IdleResult> IdleAsync(
        ServerProcess server, Pinning pinning, IEnumerable<int> steps, bool touch, CancellationToken cancel)
    {
        string[] options = ["--idle", string.Join(',', steps), .. touch ? ["--touch"] : Array.Empty<string>()];
        return RunAsync<IdleResult>(server, pinning, options, s_idleLimit, cancel);
    }

    private static async Task<T> RunAsync<T>(
        ServerProcess server, Pinning pinning, IEnumerable<string> options, TimeSpan limit, CancellationToken cancel)
    {
        string[] command = pinning.Load([NativePrograms.Load, "--url", server.Url, "--pid", $"{server.Id}", .. options]);
        ShellResult result = await Shell.RunAsync(command, limit, cancel)
            ?? throw new BenchException($"{command[0]}: can't be started");
        if (result.ExitCode != 0)
            throw new BenchException(result.Error.Trim(), BenchException.Wrong);
        return JsonSerializer.Deserialize<T>(result.Output, BenchJson.Options)!;
    }
}
