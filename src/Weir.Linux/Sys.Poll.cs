namespace Weir.Linux;

// poll(2) and select(2)
public static unsafe partial class Sys
{
    private const long NanosecondsPerTick = 100;

    /// <summary>ppoll(2): waits until one of the descriptors is ready.</summary>
    /// <param name="fds">The descriptors, with the events asked for; gets the events found.</param>
    /// <param name="timeout">Zero polls, <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.</param>
    public static SysResult Poll(Span<pollfd> fds, TimeSpan timeout)
    {
        timespec limit = ToTimespec(timeout);
        timespec* wait = timeout == Timeout.InfiniteTimeSpan ? null : &limit;
        fixed (pollfd* start = fds)
            return Call(NR.ppoll, (nint)start, fds.Length, (nint)wait);
    }

    /// <summary>
    /// pselect6(2): waits until one of the descriptors is ready. The sets have a bit for each number, as many as the caller likes: FD_SETSIZE
    /// is the C library's limit and not the kernel's.
    /// </summary>
    /// <param name="fdCount">The highest number in any of the sets, plus one.</param>
    /// <param name="readable">Whose input is asked for; gets those that have some, or its end, or an error. Empty asks for none.</param>
    /// <param name="writable">Whose room for output is asked for; gets those that have some, or an error. Empty asks for none.</param>
    /// <param name="exceptional">Whose urgent data is asked for; gets those that have some. Empty asks for none.</param>
    /// <param name="timeout">Zero polls, <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.</param>
    /// <returns>How many bits are set. After an error the sets are as they were.</returns>
    /// <exception cref="ArgumentException">A set is neither empty nor long enough for that many bits.</exception>
    public static SysResult Select(int fdCount, Span<ulong> readable, Span<ulong> writable, Span<ulong> exceptional, TimeSpan timeout)
    {
        ThrowIfShort(readable, fdCount, nameof(readable));
        ThrowIfShort(writable, fdCount, nameof(writable));
        ThrowIfShort(exceptional, fdCount, nameof(exceptional));
        timespec limit = ToTimespec(timeout);
        timespec* wait = timeout == Timeout.InfiniteTimeSpan ? null : &limit;
        fixed (ulong* input = readable, output = writable, exception = exceptional)
            return Call(NR.pselect6, fdCount, (nint)input, (nint)output, (nint)exception, (nint)wait);
    }

    private static timespec ToTimespec(TimeSpan time) => new()
    {
        tv_sec = time.Ticks / TimeSpan.TicksPerSecond,
        tv_nsec = time.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick,
    };

    // The kernel reads and writes whole words up to the highest number.
    private static void ThrowIfShort(Span<ulong> set, int fdCount, string parameter)
    {
        if (!set.IsEmpty && (long)set.Length * Uapi.NFDBITS < fdCount)
            throw new ArgumentException($"The set has {set.Length} words, too few for {fdCount} descriptors.", parameter);
    }
}
