namespace Weir.Bench;

/// <summary>One run of a generator against one server.</summary>
internal sealed record HttpResult(
    double WindowSeconds,
    long Requests,
    double RequestsPerSecond,
    double? P50Us,
    double? P99Us,
    double ServerCpuUsPerRequest,
    double ServerCpuFraction,
    double LoadCpuFraction,
    long ServerRssAnonBytes);

/// <summary>Runs wrk or h2load between two readings of the server's CPU clock.</summary>
internal static class HttpLoad
{
    private const double MicrosecondsPerSecond = 1e6;

    // wrk counts what takes longer as an error, and an error ends the benchmark; its own 2 s are short beside builds.
    private const string LongestAnswer = "10s";

    private static readonly string s_script = Path.Combine(Repository.PeerSources, "wrk", "workload.lua");

    /// <exception cref="BenchException">An answer was wrong, cut short, or there was none.</exception>
    public static async Task<HttpResult> RunAsync(
        ServerProcess server, HttpPlace place, Pinning pinning, HttpWorkload workload, int seconds, CancellationToken cancel)
    {
        string[] command = CommandFor(workload, place, seconds);
        (CpuWindow cpu, string output) = await LoadGenerator.WatchAsync(server, pinning, command, seconds, cancel);
        GeneratorCount count = workload.Generator == HttpGenerator.H2Load ? H2LoadOutput.Parse(output) : WrkOutput.Parse(LastLine(output));
        if (count.AnswerBytes < count.Requests * workload.Answer.Length)
        {
            throw new BenchException(
                $"{count.Requests} answers with {count.AnswerBytes} bytes: each should have {workload.Answer.Length}", BenchException.Wrong);
        }

        return new HttpResult(
            cpu.WindowSeconds,
            count.Requests,
            RequestsPerSecond: count.Requests / count.Seconds,
            count.P50Us,
            count.P99Us,
            ServerCpuUsPerRequest: cpu.ServerCpuSeconds * MicrosecondsPerSecond / count.Requests,
            ServerCpuFraction: cpu.ServerCpuSeconds / cpu.WindowSeconds,
            LoadCpuFraction: cpu.LoadCpuSeconds / cpu.WindowSeconds,
            cpu.ServerRssAnonBytes);
    }

    public static string[] CommandFor(HttpWorkload workload, HttpPlace place, int seconds)
    {
        string url = place.ClientUrl + workload.Path;
        return workload.Generator == HttpGenerator.H2Load
            ? ["h2load", "-t", "1", "-c", $"{workload.Connections}", "-m", $"{workload.Depth}", "-D", $"{seconds}", url]
            :
            [
                "wrk", "-t", "1", "-c", $"{workload.Connections}", "-d", $"{seconds}s", "--timeout", LongestAnswer,
                "-s", s_script, url, "--", .. workload.ScriptArguments,
            ];
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];
}
