using System.Globalization;
using System.Text.Json;

namespace Weir.Bench;

/// <summary>Captures to a file in memory while packets come at a steady rate: program after program, round after round.</summary>
internal sealed class CaptureBenchmark(CaptureBenchOptions options, Pinning pinning, string folder, CancellationToken cancel)
{
    // What was sent last is still on its way into the file: tcpdump lets the kernel collect for a second.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(1.5);

    public static async Task<CaptureReport> RunAsync(CaptureBenchOptions options, string? peerNames, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        IReadOnlyList<CapturePeer> peers = SharedOptions.SelectPeers(CapturePeerTable.All, peer => peer.Name, peerNames);
        await NativePrograms.BuildCAsync(cancel);
        string version = await Shell.FirstLineAsync(cancel, "tcpdump", "--version") ?? throw new BenchException("tcpdump: not installed; apt install tcpdump");
        // Of the machine's memory, so that no disk is measured.
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(memory, $"weir-bench-{Guid.NewGuid():N}"));
        try
        {
            IReadOnlyList<CaptureRun> runs = await new CaptureBenchmark(options, pinning, folder.FullName, cancel).MeasureAsync(peers);
            return new CaptureReport(
                "capture",
                IsMeasurement: !options.Quick,
                startedAt,
                Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                await Machine.DescribeAsync(cancel),
                pinning,
                version,
                options,
                CaptureBars.Summarize(runs),
                CaptureBars.Judge(runs),
                CaptureBars.JudgeLoss(runs),
                runs);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<CaptureRun>> MeasureAsync(IReadOnlyList<CapturePeer> peers)
    {
        var runs = new List<CaptureRun>();
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (int rate in options.Rates)
            {
                foreach (CapturePeer peer in Measuring.Order(round, peers))
                {
                    Progress.Say($"round {round} of {options.Runs}: {peer.Name} at {rate}/s");
                    runs.Add(await MeasureAsync(round, rate, peer));
                }
            }
        }

        return runs;
    }

    private async Task<CaptureRun> MeasureAsync(int round, int rate, CapturePeer peer)
    {
        string file = Path.Combine(folder, "packets");
        int port = FreePort.Udp();
        await using CaptureProcess capture = await CaptureProcess.StartAsync(peer, pinning.Server(peer.CommandFor(options, port, file)), cancel);
        long warmUp = await SendAsync(port, rate, options.WarmupSeconds);
        double before = capture.CpuSeconds;
        long measured = await SendAsync(port, rate, options.Seconds);
        await Task.Delay(s_settling, cancel);
        double cpuSeconds = capture.CpuSeconds - before;
        await capture.EndAsync(cancel);
        long written = await CountAsync(peer, file);
        File.Delete(file);
        if (written > warmUp + measured)
            throw new BenchException($"{peer.Name}: {written} packets in the file, and {warmUp + measured} were sent", BenchException.Wrong);
        return new CaptureRun(round, peer.Name, rate, warmUp + measured, written, cpuSeconds, measured);
    }

    private async Task<long> SendAsync(int port, int rate, double seconds)
    {
        string[] command =
        [
            NativePrograms.CPackets, $"{port}", $"{rate}", seconds.ToString(CultureInfo.InvariantCulture), $"{options.PayloadBytes}",
        ];
        ShellResult? result = await Shell.RunAsync(pinning.Load(command), TimeSpan.FromSeconds((seconds * 3) + 10), cancel);
        if (result is not { ExitCode: 0 })
            throw new BenchException($"c-packets: {result?.Error.Trim()}", BenchException.Wrong);
        using JsonDocument said = JsonDocument.Parse(result.Output);
        if (said.RootElement.GetProperty("seconds").GetDouble() > seconds * 1.05)
            throw new BenchException($"c-packets cannot send {rate} packets a second here", BenchException.Wrong);
        return said.RootElement.GetProperty("sent").GetInt64();
    }

    // By a program that nobody here wrote: what it can read was written.
    private async Task<long> CountAsync(CapturePeer peer, string file)
    {
        ShellResult result = await Shell.RunAsync(["capinfos", "-Mc", "-T", "-r", file], TimeSpan.FromMinutes(1), cancel)
            ?? throw new BenchException("capinfos: not installed; apt install tshark");
        string[] cells = result.Output.Trim().Split('\t');
        return result.ExitCode == 0 && long.TryParse(cells[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new BenchException($"{peer.Name}: capinfos can't read its file. {result.Error.Trim()}", BenchException.Wrong);
    }
}
