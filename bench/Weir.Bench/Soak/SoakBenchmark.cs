using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weir.Bench;

/// <summary>A server under random clients in one process, and what is left of it afterwards: nothing, or the run fails.</summary>
internal static class SoakBenchmark
{
    public static async Task<SoakReport> RunAsync(SoakOptions options, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        var unobserved = new ConcurrentQueue<string>();
        TaskScheduler.UnobservedTaskException += (_, failure) => unobserved.Enqueue(failure.Exception.ToString());
        Machine machine = await Machine.DescribeAsync(cancel);

        await new SoakRound(options, cancel) { Duration = SoakOptions.WarmUp }.RunAsync();
        long managedBefore = ManagedBytes();
        SortedDictionary<string, int> descriptorsBefore = DescriptorCounts.Read();

        long start = Stopwatch.GetTimestamp();
        SoakRoundResult round = await new SoakRound(options, cancel) { Duration = options.Duration }.RunAsync();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        IReadOnlyDictionary<string, int> descriptors = new Dictionary<string, int>();
        await SoakRound.SettleAsync(() =>
        {
            descriptors = DescriptorCounts.Difference(descriptorsBefore, DescriptorCounts.Read());
            return descriptors.Count == 0;
        });
        long managedAfter = 0;
        await SoakRound.SettleAsync(() => (managedAfter = ManagedBytes()) - managedBefore <= SoakOptions.ManagedGrowthLimitBytes);
        return new SoakReport(
            "soak",
            startedAt,
            Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
            machine,
            round.Engine,
            options.Seed,
            seconds,
            round.Traffic,
            round.Handlers,
            [
                .. round.Checks,
                OfDescriptors(descriptors, descriptorsBefore.Values.Sum()),
                OfMemory(managedBefore, managedAfter),
                SoakCheck.Zero("exceptions that nobody looked at", unobserved.Count, unobserved),
            ]);
    }

    private static SoakCheck OfDescriptors(IReadOnlyDictionary<string, int> difference, int before) => new(
        "descriptors more or fewer than before",
        difference.Count == 0 ? $"0 ({before} are open)" : string.Join(", ", difference.Select(kind => $"{kind.Key} {kind.Value:+0;-0}")),
        difference.Count == 0,
        []);

    private static SoakCheck OfMemory(long before, long after) => new(
        $"managed memory more than before, up to {SoakText.Bytes(SoakOptions.ManagedGrowthLimitBytes)}",
        $"{SoakText.Bytes(Math.Max(after - before, 0))} ({SoakText.Bytes(before)} before)",
        after - before <= SoakOptions.ManagedGrowthLimitBytes,
        []);

    // Twice: what a finalizer lets go is there only after it.
    private static long ManagedBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
