namespace Weir;

/// <summary>What a loop did since it began. Read from any thread; each number is exact, together they are of about one instant.</summary>
public readonly record struct LoopStatistics
{
    /// <summary>Connections that are open now.</summary>
    public int Connections { get; init; }

    /// <summary>CPU time of the loop's thread; its share of the time that passed is how busy the loop is.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Buffer memory lent to readers and writers now.</summary>
    public long BufferedBytes { get; init; }

    public long Turns { get; init; }

    public long Events { get; init; }

    public long ReceivedBytes { get; init; }

    public long SentBytes { get; init; }

    /// <summary>Of the received bytes those that a relay's kernel moved on by itself (splice(2)).</summary>
    public long SplicedBytes { get; init; }

    /// <summary>Times that a connection stopped receiving because its reader or the loop held too many bytes.</summary>
    public long PausedReceives { get; init; }

    /// <summary>Times that a flush found the kernel's send buffer full.</summary>
    public long RefusedSends { get; init; }

    /// <summary>Turns that lasted longer than the stall threshold.</summary>
    public long Stalls { get; init; }

    /// <summary>Datagrams and messages that were longer than their channel receives, and lost their end.</summary>
    public long CutMessages { get; init; }

    /// <summary>On uring: times that a receive ended because the kernel had no buffer left, and began again when there was one.</summary>
    public long BufferShortages { get; init; }

    /// <summary>On uring: operations that were asked for again because the kernel had ended them.</summary>
    public long Rearms { get; init; }

    /// <summary>On uring: operations that were taken back, because a connection paused or closed.</summary>
    public long Cancels { get; init; }

    /// <summary>On uring: turns that found more completions than the completion queue has room for. None is lost, but the kernel keeps them at a cost.</summary>
    public long Overflows { get; init; }

    /// <summary>On uring: times that the submission queue was full in the middle of a turn.</summary>
    public long FullSubmissions { get; init; }

    /// <summary>On uring: operations that the kernel has at this moment, besides the one that wakes the loop.</summary>
    public long OutstandingOperations { get; init; }
}
