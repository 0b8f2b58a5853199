namespace Weir.Bench;

/// <summary>Servers, clients, and their end: once to warm up, once for the record.</summary>
internal sealed class SoakRound(SoakOptions options, CancellationToken cancel)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly SoakTally _tally = new();
    private readonly SoakHandlers _handlers = new();

    public required TimeSpan Duration { get; init; }

    /// <returns>What was done, and what is left of it; the servers are disposed.</returns>
    public async Task<SoakRoundResult> RunAsync()
    {
        await using SoakServers servers = await SoakServers.StartAsync(options.Engine, _handlers, cancel);
        var watchdog = new SoakWatchdog(_tally, _handlers);
        await DriveAsync(servers, watchdog);
        int resets = await servers.StopAsync(SoakOptions.EndLimit);
        await SettleAsync(() => _handlers.Open == 0 && servers.Loops.All(HasNothing));
        return Conclude(servers, watchdog, resets);
    }

    /// <summary>Until the condition holds, or its time is over: then the checks say what does not hold.</summary>
    public static async Task SettleAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(SoakOptions.SettleLimit);
        while (!condition() && !deadline.IsCancellationRequested)
            await Task.Delay(s_look, CancellationToken.None);
    }

    private static bool HasNothing(LoopStatistics loop) => loop is { Connections: 0, BufferedBytes: 0, OutstandingOperations: 0 };

    private async Task DriveAsync(SoakServers servers, SoakWatchdog watchdog)
    {
        var pattern = new SoakPattern(options.Seed);
        SoakClient[] clients =
        [
            .. Enumerable.Range(1, SoakOptions.ClientThreads).Select(number => new SoakClient(options.Seed + number, servers, pattern, _tally)),
        ];
        Task running = Task.WhenAll(clients.Select(client => client.RunAsync()));
        try
        {
            await watchdog.WatchAsync(Duration, running, cancel);
        }
        finally
        {
            foreach (SoakClient client in clients)
                client.End();
            await running;
        }
    }

    private SoakRoundResult Conclude(SoakServers servers, SoakWatchdog watchdog, int resets)
    {
        LoopStatistics[] loops = [.. servers.Loops];
        return new SoakRoundResult(
            servers.EngineName,
            new SoakTraffic(
                servers.Accepted, _tally.MostOpen, _tally.SentBytes, _tally.VerifiedBytes,
                Enum.GetValues<SoakEnd>().ToDictionary(SoakText.NameOf, _tally.Ended),
                SoakLoops.Sum(loops)),
            [.. Enum.GetValues<SoakHandler>().Select(Row)],
            [
                SoakCheck.Zero("wrong bytes, wrong ends, hangs", _tally.WrongCount, _tally.Wrongs),
                SoakCheck.Zero("unexpected exceptions and events of the server", servers.Unexpected.Count, servers.Unexpected),
                SoakCheck.Zero("seconds in which nothing moved", watchdog.StillSeconds, watchdog.Described),
                SoakCheck.Zero("connections that the stop had to reset", resets),
                SoakCheck.Zero("handlers still open", _handlers.Open, _handlers.Open == 0 ? [] : [_handlers.DescribeOpen()]),
                SoakCheck.Zero("connections that the loops count", loops.Sum(loop => loop.Connections)),
                SoakCheck.Zero("bytes in the loops' buffers", loops.Sum(loop => loop.BufferedBytes)),
                SoakCheck.Zero("operations that the kernel still has (uring)", loops.Sum(loop => loop.OutstandingOperations)),
            ]);
    }

    private SoakHandlerRow Row(SoakHandler handler) => new(
        SoakText.NameOf(handler),
        _handlers.Served(handler),
        _tally.Verified(handler),
        Enum.GetValues<SoakEnd>().ToDictionary(SoakText.NameOf, end => _tally.Ended(end, handler)));
}

internal sealed record SoakRoundResult(
    string Engine, SoakTraffic Traffic, IReadOnlyList<SoakHandlerRow> Handlers, IReadOnlyList<SoakCheck> Checks);
