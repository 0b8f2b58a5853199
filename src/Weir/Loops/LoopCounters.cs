namespace Weir.Loops;

/// <summary>What a loop counts. Public fields are written by the loop's thread alone; senders on any thread share the others.</summary>
internal sealed class LoopCounters
{
    private long _sentByOthers;
    private long _receivedByOthers;
    private long _refusedSends;
    private long _stalls;
    private long _cutMessages;
    private int _connections;

    public long Turns;
    public long Events;
    public long ReceivedBytes;
    public long SentByLoop;
    public long PausedReceives;
    public long SplicedBytes;
    public long BufferShortages;
    public long Rearms;
    public long Cancels;
    public long Overflows;
    public long FullSubmissions;
    public long OutstandingOperations;

    /// <summary>From a thread that is not the loop's.</summary>
    public void AddSentByOther(int bytes) => Interlocked.Add(ref _sentByOthers, bytes);

    /// <summary>From any thread.</summary>
    public void AddSent(EventLoop loop, int bytes)
    {
        if (loop.IsCurrent)
            SentByLoop += bytes;
        else
            AddSentByOther(bytes);
    }

    /// <summary>From any thread.</summary>
    public void AddReceived(EventLoop loop, long bytes)
    {
        if (loop.IsCurrent)
            ReceivedBytes += bytes;
        else
            Interlocked.Add(ref _receivedByOthers, bytes);
    }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A connection belongs to the loop from its making, so that the next one goes to another.</summary>
    public void AddConnection() => Interlocked.Increment(ref _connections);

    public void RemoveConnection() => Interlocked.Decrement(ref _connections);

    public void CountStall() => Interlocked.Increment(ref _stalls);

    /// <summary>From any thread.</summary>
    public void CountCut(int messages) => Interlocked.Add(ref _cutMessages, messages);

    public void CountRefusedSend() => Interlocked.Increment(ref _refusedSends);

    public LoopStatistics Read(EventLoop loop) => new()
    {
        Connections = Volatile.Read(ref _connections),
        CpuTime = loop.CpuTime,
        BufferedBytes = loop.LentBytes,
        Turns = Volatile.Read(ref Turns),
        Events = Volatile.Read(ref Events),
        ReceivedBytes = Volatile.Read(ref ReceivedBytes) + Volatile.Read(ref _receivedByOthers),
        SentBytes = Volatile.Read(ref SentByLoop) + Volatile.Read(ref _sentByOthers),
        PausedReceives = Volatile.Read(ref PausedReceives),
        SplicedBytes = Volatile.Read(ref SplicedBytes),
        RefusedSends = Volatile.Read(ref _refusedSends),
        Stalls = Volatile.Read(ref _stalls),
        CutMessages = Volatile.Read(ref _cutMessages),
        BufferShortages = Volatile.Read(ref BufferShortages),
        Rearms = Volatile.Read(ref Rearms),
        Cancels = Volatile.Read(ref Cancels),
        Overflows = Volatile.Read(ref Overflows),
        FullSubmissions = Volatile.Read(ref FullSubmissions),
        OutstandingOperations = Volatile.Read(ref OutstandingOperations),
    };
}
