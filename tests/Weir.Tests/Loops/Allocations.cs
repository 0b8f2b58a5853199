namespace Weir.Tests.Loops;

/// <summary>Counts what is allocated, by all threads.</summary>
internal static class Allocations
{
    // The runtime allocates now and then when it compiles a method better; what belongs to requests shows every time.
    public static long Least(Action round, long limitBytes)
    {
        long least = long.MaxValue;
        long start = TimeProvider.System.GetTimestamp();
        do
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        while (least >= limitBytes && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5));

        return least;
    }
}
