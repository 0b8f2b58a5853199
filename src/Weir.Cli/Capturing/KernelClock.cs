namespace Weir.Cli.Capturing;

/// <summary>When something was captured that the kernel has noted by CLOCK_MONOTONIC: packets have the time of day, which may be set. For one thread.</summary>
internal sealed class KernelClock
{
    private const int MaxTries = 5;
    private const long PreciseNs = 2_000;
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(1);

    private long _comparedAt;
    private long _differenceNs;

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public long NowNs => AtNs(TimeProvider.System.GetTimestamp());

    /// <param name="monotonicNs">CLOCK_MONOTONIC.</param>
    /// <returns>Nanoseconds since 1970-01-01 UTC.</returns>
    public long AtNs(long monotonicNs)
    {
        if (_comparedAt == 0 || TimeProvider.System.GetElapsedTime(_comparedAt) > s_age)
            Compare();
        return monotonicNs + _differenceNs;
    }

    // The clocks are read one after the other, so whoever is interrupted between tries again.
    private void Compare()
    {
        long narrowest = long.MaxValue;
        for (int i = 0; i < MaxTries && narrowest > PreciseNs; i++)
        {
            long before = TimeProvider.System.GetTimestamp();
            long timeOfDay = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            long after = TimeProvider.System.GetTimestamp();
            if (after - before >= narrowest)
                continue;
            narrowest = after - before;
            (_comparedAt, _differenceNs) = (after, timeOfDay - before - narrowest / 2);
        }
    }
}
