namespace Weir.Bench;

/// <summary>Checks every peer, then measures them in turn, round after round.</summary>
internal sealed class EchoBenchmark(EchoOptions options, IReadOnlyList<Peer> peers, Pinning pinning, CancellationToken cancel)
{
    // One byte; one more than the smallest buffer among the peers; more than the socket buffers hold.
    private static readonly int[] s_checkedSizesBytes = [1, EchoOptions.LargestComparableSizeBytes + 1, 1_000_003];
    private const int CheckedConnections = 4;
    private const double CheckedSeconds = 0.3;

    public static async Task<EchoReport> RunAsync(EchoOptions options, string? peerNames, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        (IReadOnlyList<Peer> peers, IReadOnlyList<LeftOut> leftOut) =
            await PeerPreparation.PrepareAsync(PeerTable.Select(peerNames), namedByUser: peerNames is not null, cancel);
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
            Bars: options.IsWhatBarsAreFor ? EchoBars.Judge(runs, options.Connections) : [],
            runs);
    }

    private async Task CheckAsync()
    {
        foreach (Peer peer in peers)
        {
            Progress.Say($"checking {peer.Name}");
            await using ServerProcess server = await ServerProcess.StartAsync(peer, options.UrlKind, pinning, cancel);
            foreach (int sizeBytes in s_checkedSizesBytes)
                await LoadAsync(peer, server, CheckedConnections, sizeBytes, warmupSeconds: 0, CheckedSeconds);
        }
    }

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
            double warmupSeconds = options.WarmupSecondsAt(connections);
            LoadResult result = await LoadAsync(peer, server, connections, options.SizeBytes, warmupSeconds, options.Seconds);
            runs.Add(new EchoRun(round, peer.Name, connections, result));
        }
    }

    private async Task<LoadResult> LoadAsync(
        Peer peer, ServerProcess server, int connections, int sizeBytes, double warmupSeconds, double seconds)
    {
        try
        {
            return await LoadGenerator.EchoAsync(server, pinning, connections, sizeBytes, warmupSeconds, seconds, cancel);
        }
        catch (BenchException error)
        {
            throw new BenchException($"{peer.Name}, {connections} connections, {sizeBytes} bytes: {error.Message}", error.ExitCode);
        }
    }
}
