namespace Weir.Bench;

/// <summary>All that a run found. This is the object that --json prints.</summary>
internal sealed record IdleReport(
    string Benchmark,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    bool Touched,
    IReadOnlyList<PeerEntry> Peers,
    IReadOnlyList<IdleSlope> Slopes);

internal sealed record IdleSlope(
    string Peer,
    double RssAnonBytesPerConnection,
    double PrivateDirtyBytesPerConnection,
    double KernelBytesPerConnection,
    IReadOnlyList<IdleStep> Steps)
{
    /// <summary>Between the first step and the last.</summary>
    public static IdleSlope From(string peer, IReadOnlyList<IdleStep> steps) => new(
        peer,
        Between(steps[0], steps[^1], step => step.ServerRssAnonBytes),
        Between(steps[0], steps[^1], step => step.ServerPrivateDirtyBytes),
        Between(steps[0], steps[^1], step => step.KernelBytes),
        steps);

    private static double Between(IdleStep few, IdleStep many, Func<IdleStep, long> bytes) =>
        (double)(bytes(many) - bytes(few)) / (many.Connections - few.Connections);
}

/// <summary>Private memory between few and many idle connections. The servers are read as they are, nobody asks them to collect.</summary>
internal static class IdleBenchmark
{
    private const string DefaultPeers = $"{PeerTable.WeirInline},{PeerTable.WeirUring},{PeerTable.Socket}";

    public static async Task<IdleReport> RunAsync(string? peerNames, IReadOnlyList<int> steps, bool touch, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Pinning pinning = await Pinning.ChooseAsync(cancel);
        (IReadOnlyList<Peer> peers, _) = await PeerPreparation.PrepareAsync(
            PeerTable.Select(peerNames ?? DefaultPeers), namedByUser: peerNames is not null, cancel);
        var slopes = new List<IdleSlope>();
        foreach (Peer peer in peers)
            slopes.Add(await MeasureAsync(peer, pinning, steps, touch, cancel));
        return new IdleReport(
            "idle",
            startedAt,
            Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
            await Machine.DescribeAsync(cancel),
            pinning,
            touch,
            Peers: [.. peers.Select(PeerPreparation.Describe)],
            slopes);
    }

    private static async Task<IdleSlope> MeasureAsync(
        Peer peer, Pinning pinning, IReadOnlyList<int> steps, bool touch, CancellationToken cancel)
    {
        Progress.Say($"opening {steps[^1]} connections to {peer.Name}");
        await using ServerProcess server = await ServerProcess.StartAsync(peer, UrlKind.Tcp, pinning, cancel);
        IdleResult result = await LoadGenerator.IdleAsync(server, pinning, steps, touch, cancel);
        return IdleSlope.From(peer.Name, result.Steps);
    }
}
