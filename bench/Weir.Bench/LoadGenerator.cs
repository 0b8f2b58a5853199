using System.Text.Json;

namespace Weir.Bench;

internal enum UrlKind
{
    Tcp,
    Unix,
}

/// <summary>What the load generator is to do.</summary>
internal sealed record EchoLoad(int Connections, int SizeBytes, double WarmupSeconds, double Seconds)
{
    /// <summary>Messages in flight on each connection.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>A connection for each message.</summary>
    public bool Connect { get; init; }
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

/// <param name="KernelBytes">Of the whole machine.</param>
internal sealed record IdleStep(int Connections, bool Settled, long ServerRssAnonBytes, long ServerPrivateDirtyBytes, long KernelBytes = 0);

internal sealed record IdleResult(bool Touched, IReadOnlyList<IdleStep> Steps);

/// <summary>One stream through a relay; "load" is its source and its sink.</summary>
internal sealed record BulkResult(
    long Bytes,
    double WarmupSeconds,
    double WindowSeconds,
    double GibPerSecond,
    double RelayCpuSecondsPerGib,
    double RelayCpuFraction,
    double LoadCpuSecondsPerGib,
    double LoadCpuFraction,
    long RelayRssAnonBytes);

/// <summary>Bytes were offered to a relay and nobody read; then they were read and verified.</summary>
internal sealed record StallResult(
    long OfferedBytes, long TakenBytes, long IdleRssAnonBytes, long StalledRssAnonBytes, long GrowthBytes);

/// <summary>The run of another generator, as the clocks saw it.</summary>
internal sealed record CpuWindow(double WindowSeconds, double ServerCpuSeconds, double LoadCpuSeconds, long ServerRssAnonBytes);

/// <summary>Runs the load generator against a server. It has deadlines of its own; ours is only for the unforeseen.</summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_bulkLimit = TimeSpan.FromMinutes(5);

    public static Task<LoadResult> EchoAsync(ServerProcess server, Pinning pinning, EchoLoad load, CancellationToken cancel)
    {
        string[] options =
        [
            "--connections", $"{load.Connections}", "--size", $"{load.SizeBytes}", "--pipeline", $"{load.Pipeline}",
            "--warmup", $"{load.WarmupSeconds}", "--seconds", $"{load.Seconds}", .. load.Connect ? ["--connect"] : Array.Empty<string>(),
        ];
        return RunAsync<LoadResult>(server, pinning, options, TimeSpan.FromSeconds(load.WarmupSeconds + load.Seconds) + s_grace, cancel);
    }

    public static Task<IdleResult> IdleAsync(
        ServerProcess server, Pinning pinning, IEnumerable<int> steps, bool touch, CancellationToken cancel)
    {
        string[] options = ["--idle", string.Join(',', steps), .. touch ? ["--touch"] : Array.Empty<string>()];
        return RunAsync<IdleResult>(server, pinning, options, s_idleLimit, cancel);
    }

    /// <summary>Each connection first has one answer to an HTTP/1.1 request.</summary>
    public static Task<IdleResult> IdleHttpAsync(
        ServerProcess server, Pinning pinning, IEnumerable<int> steps, string path, CancellationToken cancel) =>
        RunAsync<IdleResult>(server, pinning, ["--idle", string.Join(',', steps), "--ask", path], s_idleLimit, cancel);

    public static Task<BulkResult> BulkAsync(
        ServerProcess relay, Pinning pinning, string sinkUrl, long bytes, double warmupSeconds, CancellationToken cancel) =>
        RunAsync<BulkResult>(relay, pinning, [.. Bulk(sinkUrl, bytes), "--warmup", $"{warmupSeconds}"], s_bulkLimit, cancel);

    /// <summary>Every byte is compared, and the end of the stream has to arrive.</summary>
    public static Task VerifyBulkAsync(ServerProcess relay, Pinning pinning, string sinkUrl, long bytes, CancellationToken cancel) =>
        RunAsync<VerifiedBytes>(relay, pinning, [.. Bulk(sinkUrl, bytes), "--verify"], s_bulkLimit, cancel);

    public static Task<StallResult> StallAsync(
        ServerProcess relay, Pinning pinning, string sinkUrl, long bytes, CancellationToken cancel) =>
        RunAsync<StallResult>(relay, pinning, [.. Bulk(sinkUrl, bytes), "--stall"], s_bulkLimit, cancel);

    /// <summary>Runs another generator, and reads the server's CPU clock before and after it.</summary>
    /// <returns>What the clocks say, and what the generator printed.</returns>
    public static async Task<(CpuWindow Cpu, string Output)> WatchAsync(
        ServerProcess server, Pinning pinning, IReadOnlyList<string> generator, double seconds, CancellationToken cancel)
    {
        string output = (await RunAsync(server, pinning, ["--run", .. generator], TimeSpan.FromSeconds(seconds) + s_grace, cancel)).TrimEnd();
        int lastLine = output.LastIndexOf('\n') + 1;
        return (JsonSerializer.Deserialize<CpuWindow>(output[lastLine..], BenchJson.Options)!, output[..lastLine]);
    }

    private static string[] Bulk(string sinkUrl, long bytes) => ["--bulk", $"{bytes}", "--sink", sinkUrl];

    private static async Task<T> RunAsync<T>(
        ServerProcess server, Pinning pinning, IEnumerable<string> options, TimeSpan limit, CancellationToken cancel) =>
        JsonSerializer.Deserialize<T>(await RunAsync(server, pinning, options, limit, cancel), BenchJson.Options)!;

    private static async Task<string> RunAsync(
        ServerProcess server, Pinning pinning, IEnumerable<string> options, TimeSpan limit, CancellationToken cancel)
    {
        string[] command = pinning.Load([NativePrograms.Load, "--url", server.Url, "--pid", $"{server.Id}", .. options]);
        ShellResult result = await Shell.RunAsync(command, limit, cancel)
            ?? throw new BenchException($"{command[0]}: can't be started");
        if (result.ExitCode != 0)
            throw new BenchException(result.Error.Trim(), BenchException.Wrong);
        return result.Output;
    }

    private sealed record VerifiedBytes(long Bytes);
}
