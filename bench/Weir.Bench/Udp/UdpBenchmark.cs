namespace Weir.Bench;

/// <summary>Checks every peer, then measures them in turn, round after round, each time with fresh processes.</summary>
internal sealed class UdpBenchmark(UdpOptions options, IReadOnlyList<UdpLane> lanes, Pinning pinning, CancellationToken cancel)
{
    // They fit into the receive buffer, so none is lost even when the receiver does not run; no multiple of any batch, so the last is short.
    private const long CheckedDatagrams = 299;

    public static async Task<UdpReport> RunAsync(UdpOptions options, string? peerNames, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        await NativePrograms.BuildCAsync(cancel);
        IReadOnlyList<UdpPeer> peers = SharedOptions.SelectPeers(UdpPeerTable.All, peer => peer.Name, peerNames);
        if (peers.FirstOrDefault(peer => !File.Exists(peer.File)) is UdpPeer missing)
            throw new BenchException($"{missing.Name}: {missing.File} is missing; dotnet build Weir.slnx -c Release");
        IReadOnlyList<UdpLane> lanes = UdpPeerTable.LanesOf(peers, options.Offload);
        var benchmark = new UdpBenchmark(options, lanes, pinning, cancel);
        await benchmark.CheckAsync();
        IReadOnlyList<UdpRun> runs = await benchmark.MeasureAsync();
        return new UdpReport(
            "udp",
            IsMeasurement: !options.Quick,
            startedAt,
            Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
            await Machine.DescribeAsync(cancel),
            pinning,
            options,
            Peers: [.. lanes.Select(Describe)],
            Summary: UdpSummaries.From(runs),
            Bars: UdpBars.Judge(runs),
            runs);
    }

    private static UdpPeerEntry Describe(UdpLane lane) => new(
        lane.Peer.Name,
        lane.Offload,
        lane.Peer.Description,
        string.Join(' ', lane.Peer.CommandFor("send|receive", "udp://127.0.0.1:PORT", lane.Offload, []))
            .Replace(Repository.Root + "/", "", StringComparison.Ordinal));

    private async Task CheckAsync()
    {
        foreach (UdpLane lane in lanes)
        {
            Progress.Say($"checking {UdpText.NameOf(lane.Peer.Name, lane.Offload)}");
            await UdpFlow.CheckAsync(lane, options, CheckedDatagrams, pinning, cancel);
        }
    }

    private async Task<IReadOnlyList<UdpRun>> MeasureAsync()
    {
        var runs = new List<UdpRun>();
        for (int round = 1; round <= options.Runs; round++)
        {
            foreach (UdpLane lane in Measuring.Order(round, lanes))
            {
                Progress.Say($"round {round} of {options.Runs}: {UdpText.NameOf(lane.Peer.Name, lane.Offload)}");
                (UdpReceived received, UdpSent sent) = await UdpFlow.TimeAsync(lane, options, pinning, cancel);
                if (received.SequenceErrors > 0)
                    throw new BenchException($"{lane.Peer.Name}: {received.SequenceErrors} datagrams out of order", BenchException.Wrong);
                runs.Add(new UdpRun(round, lane.Peer.Name, lane.Offload, received, sent));
            }
        }

        return runs;
    }
}
