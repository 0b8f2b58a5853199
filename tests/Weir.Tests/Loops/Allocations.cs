namespace Weir.Tests.Loops;

/// <summary>Counts what is allocated, by all threads.</summary>
internal static class Allocations
{
    // However slow they are: on a loaded machine one round can take longer than all of them should.
    private const int LeastRounds = 4;

    // The runtime allocates now and then when it compiles a method better, or the pool starts a thread; what belongs to requests shows every time.
    public static long Least(Action round, long limitBytes)
    {
        long least = long.MaxValue;
        long start = TimeProvider.System.GetTimestamp();
        int rounds = 0;
        do
        {
            rounds++;
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        while (least >= limitBytes && (rounds < LeastRounds || TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5)));

        return least;
    }
}
