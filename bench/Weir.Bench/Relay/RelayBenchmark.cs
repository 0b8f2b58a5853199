namespace Weir.Bench;

/// <summary>Checks every relay, then measures them in turn, round after round. Each measurement has a fresh process.</summary>
internal sealed class RelayBenchmark(
    RelayOptions options, IReadOnlyList<RelayPeer> peers, Pinning pinning, string folder, CancellationToken cancel)
{
    private const long CheckedBytes = 64 * 1024 * 1024 + 1;
    private const int CheckedConnections = 4;
    private const double CheckedSeconds = 0.3;

    private static readonly Peer s_backend = PeerTable.All.First(peer => peer.Name == PeerTable.CEpoll);

    public static async Task<RelayReport> RunAsync(RelayOptions options, string? peerNames, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        IReadOnlyList<RelayPeer> wanted = SharedOptions.SelectPeers(RelayPeerTable.All, peer => peer.Name, peerNames);
        var (peers, leftOut, entries) = await RelayPreparation.PrepareAsync(wanted, namedByUser: peerNames is not null, cancel);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weir-bench-");
        try
        {
            var benchmark = new RelayBenchmark(options, peers, pinning, folder.FullName, cancel);
            await benchmark.CheckAsync();
            IReadOnlyList<RelayRun> runs = await benchmark.MeasureAsync();
            return new RelayReport(
                "relay",
                IsMeasurement: !options.Quick,
                startedAt,
                Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                await Machine.DescribeAsync(cancel),
                pinning,
                options,
                entries,
                leftOut,
                Summary: RelaySummaries.From(runs),
                Bars: options.IsWhatBarsAreFor ? RelayBars.Judge(runs) : [],
                MemoryBar: RelayBars.JudgeMemory(runs),
                runs);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task CheckAsync()
    {
        foreach (RelayPeer peer in peers)
        {
            Progress.Say($"checking {peer.Name}");
            await WithRelayAsync(peer, async (relay, route) =>
            {
                await LoadGenerator.VerifyBulkAsync(relay, pinning, route.To, CheckedBytes, cancel);
                return true;
            });
            await RequestsAsync(peer, CheckedConnections, warmupSeconds: 0, CheckedSeconds);
        }
    }

    private async Task<IReadOnlyList<RelayRun>> MeasureAsync()
    {
        var runs = new List<RelayRun>();
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (RelayPeer peer in Measuring.Order(round, peers))
            {
                Progress.Say($"round {round} of {options.Runs}: {peer.Name}");
                BulkResult bulk = await WithRelayAsync(peer, (relay, route) =>
                    LoadGenerator.BulkAsync(relay, pinning, route.To, options.BulkBytes, options.WarmupSeconds, cancel));
                LoadResult requests = await RequestsAsync(peer, options.Connections, options.WarmupSeconds, options.Seconds);
                StallResult stall = await WithRelayAsync(peer, (relay, route) =>
                    LoadGenerator.StallAsync(relay, pinning, route.To, options.StallBytes, cancel));
                runs.Add(new RelayRun(round, peer.Name, bulk, requests, stall));
            }
        }

        return runs;
    }

    private async Task<LoadResult> RequestsAsync(RelayPeer peer, int connections, double warmupSeconds, double seconds)
    {
        var load = new EchoLoad(connections, options.SizeBytes, warmupSeconds, seconds);
        await using ServerProcess backend = await ServerProcess.StartAsync(s_backend, UrlKind.Tcp, pinning.Swapped, cancel);
        return await WithRelayAsync(
            peer,
            (relay, _) => LoadGenerator.EchoAsync(relay, pinning, load, cancel),
            new Uri(backend.Url).Port);
    }

    private async Task<T> WithRelayAsync<T>(RelayPeer peer, Func<ServerProcess, RelayRoute, Task<T>> measure, int? toPort = null)
    {
        var route = new RelayRoute(FreePort.Tcp(), toPort ?? FreePort.Tcp(), Path.Combine(folder, "config"));
        if (peer.ConfigFor is not null)
            await File.WriteAllTextAsync(route.ConfigPath, peer.ConfigFor(route), cancel);
        await using ServerProcess relay =
            await ServerProcess.StartUnseenAsync(peer.Name, pinning.Server(peer.CommandFor(route)), route.From, cancel);
        try
        {
            return await measure(relay, route);
        }
        catch (BenchException error)
        {
            throw new BenchException($"{peer.Name}: {error.Message}", error.ExitCode);
        }
    }
}
