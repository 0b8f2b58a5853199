namespace Weir.Bench;

/// <summary>Checks every peer, then measures them in turn, round after round. Each measurement has a fresh process.</summary>
internal sealed class HttpBenchmark(
    HttpOptions options, HttpParticipants participants, Pinning pinning, string folder, CancellationToken cancel)
{
    private readonly List<HttpRun> _runs = [];
    private readonly List<HttpIdleRun> _idleRuns = [];

    public static async Task<HttpReport> RunAsync(HttpOptions options, string? peerNames, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        HttpParticipants participants = await HttpPreparation.PrepareAsync(options, peerNames, cancel);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weir-bench-");
        try
        {
            var benchmark = new HttpBenchmark(options, participants, pinning, folder.FullName, cancel);
            await benchmark.WriteFilesAsync();
            await benchmark.CheckAsync();
            await benchmark.MeasureAsync();
            return new HttpReport(
                "http",
                IsMeasurement: !options.Quick,
                startedAt,
                Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                await Machine.DescribeAsync(cancel),
                pinning,
                options,
                Workloads: [.. participants.Workloads.Select(workload => HttpPreparation.Describe(workload, options.Seconds))],
                participants.Entries,
                participants.LeftOut,
                Summary: HttpSummaries.From(benchmark._runs),
                IdleSummary: HttpIdleSummaries.From(benchmark._idleRuns),
                Bars: HttpBars.Judge(benchmark._runs, benchmark._idleRuns),
                benchmark._runs,
                benchmark._idleRuns);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The certificate of all servers, and what nginx sends from files.
    private async Task WriteFilesAsync()
    {
        await HttpCertificate.WriteAsync(PlaceFor("https"), cancel);
        foreach (HttpWorkload workload in HttpWorkloadTable.All)
            await File.WriteAllBytesAsync(Path.Join(folder, workload.Path), workload.Answer, cancel);
    }

    private async Task CheckAsync()
    {
        foreach (HttpWorkload workload in participants.Workloads)
        {
            foreach (HttpPeer peer in participants.In(workload))
            {
                Progress.Say($"checking {peer.Name}, {workload.Name}");
                await WithServerAsync(peer, workload.Name, PlaceFor(workload.Scheme), async (_, place) =>
                {
                    await HttpCheck.RunAsync(place, workload, cancel);
                    return true;
                });
            }
        }
    }

    private async Task MeasureAsync()
    {
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (HttpWorkload workload in participants.Workloads)
            {
                foreach (HttpPeer peer in Measuring.Order(round, participants.In(workload)))
                {
                    Progress.Say($"round {round} of {options.Runs}: {workload.Name}, {peer.Name}");
                    _runs.Add(new HttpRun(round, workload.Name, peer.Name, await MeasureAsync(peer, workload)));
                }
            }

            foreach (HttpPeer peer in Measuring.Order(round, options.MeasuresIdle ? participants.Peers : []))
            {
                Progress.Say($"round {round} of {options.Runs}: {HttpWorkloadTable.Idle}, {peer.Name}");
                _idleRuns.Add(new HttpIdleRun(round, await MeasureIdleAsync(peer)));
            }
        }
    }

    private Task<HttpResult> MeasureAsync(HttpPeer peer, HttpWorkload workload) =>
        WithServerAsync(peer, workload.Name, PlaceFor(workload.Scheme), async (server, place) =>
        {
            await HttpLoad.RunAsync(server, place, pinning, workload, options.WarmupSeconds, cancel);
            return await HttpLoad.RunAsync(server, place, pinning, workload, options.Seconds, cancel);
        });

    private Task<IdleSlope> MeasureIdleAsync(HttpPeer peer) =>
        WithServerAsync(peer, HttpWorkloadTable.Idle, PlaceFor("http"), async (server, _) =>
        {
            IdleResult idle = await LoadGenerator.IdleHttpAsync(server, pinning, options.IdleConnections, HttpWorkloadTable.Hello, cancel);
            return IdleSlope.From(peer.Name, idle.Steps);
        });

    private async Task<T> WithServerAsync<T>(HttpPeer peer, string workload, HttpPlace place, Func<ServerProcess, HttpPlace, Task<T>> measure)
    {
        if (peer.ConfigFor is not null)
            await File.WriteAllTextAsync(place.ConfigPath, peer.ConfigFor(place), cancel);
        await using ServerProcess server =
            await ServerProcess.StartUnseenAsync(peer.Name, pinning.Server(peer.CommandFor(place)), place.Address, cancel, peer.Environment);
        try
        {
            return await measure(server, place);
        }
        catch (BenchException error)
        {
            throw new BenchException($"{peer.Name}, {workload}: {error.Message}", error.ExitCode);
        }
    }

    private HttpPlace PlaceFor(string scheme) => new(scheme, FreePort.Tcp(), folder);
}
