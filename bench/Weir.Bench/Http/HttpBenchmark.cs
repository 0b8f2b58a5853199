namespace Weir.Bench;

/// <summary>Checks every peer, then measures them in turn, round after round. Each measurement has a fresh process.</summary>
internal sealed class HttpBenchmark(
    HttpOptions options, HttpParticipants participants, Pinning pinning, string folder, CancellationToken cancel)
{
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
            IReadOnlyList<HttpRun> runs = await benchmark.MeasureAsync();
            return new HttpReport(
                "http",
                IsMeasurement: !options.Quick,
                startedAt,
                Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                await Machine.DescribeAsync(cancel),
                pinning,
                options,
                Workloads: [.. participants.Workloads.Select(HttpPreparation.Describe)],
                participants.Entries,
                participants.LeftOut,
                Summary: HttpSummaries.From(runs),
                Bars: HttpBars.Judge(runs),
                runs);
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
                await WithServerAsync(peer, workload, async server =>
                {
                    await HttpCheck.RunAsync(server.Url, workload, PlaceFor(workload.Scheme).CertificatePath, cancel);
                    return true;
                });
            }
        }
    }

    private async Task<IReadOnlyList<HttpRun>> MeasureAsync()
    {
        var runs = new List<HttpRun>();
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (HttpWorkload workload in participants.Workloads)
            {
                foreach (HttpPeer peer in Measuring.Order(round, participants.In(workload)))
                {
                    Progress.Say($"round {round} of {options.Runs}: {workload.Name}, {peer.Name}");
                    runs.Add(new HttpRun(round, workload.Name, peer.Name, await MeasureAsync(peer, workload)));
                }
            }
        }

        return runs;
    }

    private Task<HttpResult> MeasureAsync(HttpPeer peer, HttpWorkload workload) => WithServerAsync(peer, workload, async server =>
    {
        await HttpLoad.RunAsync(server, pinning, workload, options.WarmupSeconds, cancel);
        return await HttpLoad.RunAsync(server, pinning, workload, options.Seconds, cancel);
    });

    private async Task<T> WithServerAsync<T>(HttpPeer peer, HttpWorkload workload, Func<ServerProcess, Task<T>> measure)
    {
        HttpPlace place = PlaceFor(workload.Scheme);
        if (peer.ConfigFor is not null)
            await File.WriteAllTextAsync(place.ConfigPath, peer.ConfigFor(place), cancel);
        await using ServerProcess server =
            await ServerProcess.StartUnseenAsync(peer.Name, pinning.Server(peer.CommandFor(place)), place.Url, cancel, peer.Environment);
        try
        {
            return await measure(server);
        }
        catch (BenchException error)
        {
            throw new BenchException($"{peer.Name}, {workload.Name}: {error.Message}", error.ExitCode);
        }
    }

    private HttpPlace PlaceFor(string scheme) => new(scheme, FreePort.Tcp(), folder);
}
