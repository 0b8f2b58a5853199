namespace Weir;

/// <summary>What is left of a limit, which may be infinite.</summary>
internal static class TimeLeft
{
    /// <returns>Never less than zero; infinite when the limit is.</returns>
    public static TimeSpan Of(TimeSpan limit, TimeSpan elapsed)
    {
        if (limit == Timeout.InfiniteTimeSpan)
            return limit;
        return elapsed < limit ? limit - elapsed : TimeSpan.Zero;
    }

    /// <param name="limit">As a whole.</param>
    /// <param name="start">A time stamp of the system's clock (<see cref="TimeProvider.System"/>).</param>
    public static TimeSpan Since(long start, TimeSpan limit) => Of(limit, TimeProvider.System.GetElapsedTime(start));
}
