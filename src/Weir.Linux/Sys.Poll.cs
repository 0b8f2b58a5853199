namespace Weir.Linux;

// poll(2)
public static unsafe partial class Sys
{
    private const long NanosecondsPerTick = 100;

    /// <summary>ppoll(2): waits until one of the descriptors is ready.</summary>
    /// <param name="fds">The descriptors, with the events asked for; gets the events found.</param>
    /// <param name="timeout">Zero polls, <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.</param>
    public static SysResult Poll(Span<pollfd> fds, TimeSpan timeout)
    {
        timespec limit = new()
        {
            tv_sec = timeout.Ticks / TimeSpan.TicksPerSecond,
            tv_nsec = timeout.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick,
        };
        timespec* wait = timeout == Timeout.InfiniteTimeSpan ? null : &limit;
        fixed (pollfd* start = fds)
            return Call(NR.ppoll, (nint)start, fds.Length, (nint)wait);
    }
}
