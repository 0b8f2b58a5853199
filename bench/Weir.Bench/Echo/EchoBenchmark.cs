namespace Weir.Bench;

/// <summary>Checks every peer, then measures them in turn, round after round.</summary>
internal sealed class EchoBenchmark(EchoOptions options, IReadOnlyList<Peer> peers, Pinning pinning, CancellationToken cancel)
{
    // One byte; one more than the buffers among the peers; more than the socket buffers hold.
    private static readonly int[] s_checkedSizesBytes = [1, 4097, EchoOptions.LargestComparableSizeBytes + 1, 1_000_003];
    private const int CheckedConnections = 4;
    private const double CheckedSeconds = 0.3;

    public static async Task<EchoReport> RunAsync(
        EchoOptions options, IReadOnlyList<Peer> wanted, bool namedByUser, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        (IReadOnlyList<Peer> peers, IReadOnlyList<LeftOut> leftOut) =
            await PeerPreparation.PrepareAsync(wanted, namedByUser, cancel);
        var benchmark = new EchoBenchmark(options, peers, pinning, cancel);
        await benchmark.CheckAsync();
        IReadOnlyList<EchoRun> runs = await benchmark.MeasureAsync();
        return new EchoReport(
            "echo",
            IsMeasurement: !options.Quick,
            startedAt,
            Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
            await Machine.DescribeAsync(cancel),
            pinning,
            options,
            Peers: [.. peers.Select(PeerPreparation.Describe)],
            leftOut,
            Summary: EchoSummaries.From(runs),
            Bars: EchoBars.Judge(runs, options),
            runs);
    }

    private async Task CheckAsync()
    {
        foreach (Peer peer in peers)
        {
            Progress.Say($"checking {peer.Name}");
            await using ServerProcess server = await ServerProcess.StartAsync(peer, options.UrlKind, pinning, cancel);
            if (peer.NeedsRing && !server.HasRing)
                throw new BenchException($"{peer.Name}: runs without io_uring; --engine epoll and --peers leave it out");
            foreach (int sizeBytes in s_checkedSizesBytes)
                await LoadAsync(peer, server, new EchoLoad(CheckedConnections, sizeBytes, WarmupSeconds: 0, CheckedSeconds));
            await LoadAsync(peer, server, LoadAt(CheckedConnections, warmupSeconds: 0, CheckedSeconds));
        }
    }

    private EchoLoad LoadAt(int connections, double warmupSeconds, double seconds) =>
        new(connections, options.SizeBytes, warmupSeconds, seconds) { Pipeline = options.Pipeline, Connect = options.Connect };

    private async Task<IReadOnlyList<EchoRun>> MeasureAsync()
    {
        var runs = new List<EchoRun>();
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (Peer peer in Measuring.Order(round, peers))
            {
                Progress.Say($"round {round} of {options.Runs}: {peer.Name}");
                await MeasureAsync(peer, round, runs);
            }
        }

        return runs;
    }

    private async Task MeasureAsync(Peer peer, int round, List<EchoRun> runs)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(peer, options.UrlKind, pinning, cancel);
        foreach (int connections in options.Connections)
        {
            EchoLoad load = LoadAt(connections, options.WarmupSecondsAt(connections), options.Seconds);
            LoadResult result = await LoadAsync(peer, server, load);
            runs.Add(new EchoRun(round, peer.Name, connections, result));
        }
    }

    private async Task<LoadResult> LoadAsync(Peer peer, ServerProcess server, EchoLoad load)
    {
        try
        {
            return await LoadGenerator.EchoAsync(server, pinning, load, cancel);
        }
        catch (BenchException error)
        {
            string where = $"{peer.Name}, {load.Connections} connections, {load.Pipeline} × {load.SizeBytes} bytes";
            throw new BenchException($"{where}: {error.Message}", error.ExitCode);
        }
    }
}
