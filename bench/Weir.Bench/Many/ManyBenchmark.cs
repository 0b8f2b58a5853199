using System.Diagnostics;

namespace Weir.Bench;

/// <summary>Very many connections to one port, all open at once, and a message through each.</summary>
internal sealed class ManyBenchmark(int connections, LoopEngine engine, CancellationToken cancel)
{
    private readonly List<ManyClient> _clients = [];

    public async Task<ManyReport> RunAsync()
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        await NativePrograms.BuildCAsync(cancel);
        Progress.Say($"starting {ManyPlan.ProcessesFor(connections)} servers");
        await using ManyServers servers = await ManyServers.StartAsync(ManyPlan.ProcessesFor(connections), EngineOption.NameOf(engine), cancel);
        try
        {
            (long rss, long kernel) = (servers.RssAnonBytes, KernelMemory.Read());
            ManyMemory Memory() => new((double)(servers.RssAnonBytes - rss) / connections, (double)(KernelMemory.Read() - kernel) / connections);

            Progress.Say($"opening {connections:N0} connections");
            (double openSeconds, ManyStep[] opened) = await StepAsync(() => Start(servers));
            await servers.WaitForConnectionsAsync(connections, cancel);
            await servers.SettleAsync(cancel);
            ManyMemory idle = Memory();

            Progress.Say("a message through each");
            (double answerSeconds, ManyStep[] answered) = await StepAsync(GoOn);
            await servers.SettleAsync(cancel);
            ManyMemory touched = Memory();

            Progress.Say("closing");
            (double closeSeconds, _) = await StepAsync(GoOn);
            await servers.WaitForConnectionsAsync(0, cancel);
            return new ManyReport(
                "many",
                startedAt,
                Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
                await Machine.DescribeAsync(cancel),
                EngineOption.NameOf(engine),
                connections,
                servers.Count,
                _clients.Count,
                opened.Sum(step => step.Opened ?? 0),
                answered.Sum(step => step.Answered ?? 0),
                answered.Sum(step => step.Wrong),
                servers.ConnectionDescriptors,
                openSeconds,
                answerSeconds,
                closeSeconds,
                idle,
                touched);
        }
        finally
        {
            foreach (ManyClient client in _clients)
                await client.DisposeAsync();
        }
    }

    private Task Start(ManyServers servers)
    {
        _clients.AddRange(ManyPlan.Split(connections).Select(part => ManyClient.Start(servers, part.First, part.Count)));
        return Task.CompletedTask;
    }

    private Task GoOn() => Task.WhenAll(_clients.Select(client => client.GoOnAsync()));

    private async Task<(double Seconds, ManyStep[] Steps)> StepAsync(Func<Task> begin)
    {
        long start = Stopwatch.GetTimestamp();
        await begin();
        ManyStep[] steps = await Task.WhenAll(_clients.Select(client => client.StepAsync(cancel)));
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, steps);
    }
}
