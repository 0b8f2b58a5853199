namespace Weir;

/// <summary>What a relay of datagrams or messages has moved.</summary>
internal sealed class RelayTraffic
{
    private long _accepted;
    private long _sentToBytes;
    private long _sentBackBytes;
    private long _dropped;
    private long _droppedInReceiveBuffers;
    private int _sessions;

    public int Sessions => Volatile.Read(ref _sessions);

    public long Accepted => Interlocked.Read(ref _accepted);

    public long SentToBytes => Interlocked.Read(ref _sentToBytes);

    public long SentBackBytes => Interlocked.Read(ref _sentBackBytes);

    /// <summary>Datagrams that were received and could not be passed on.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Answers that the kernel dropped, because a session's receive buffer was full.</summary>
    public long DroppedInReceiveBuffers => Interlocked.Read(ref _droppedInReceiveBuffers);

    /// <summary>Takes a place for a session; false when all are taken.</summary>
    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _sessions) > limit)
        {
            Interlocked.Decrement(ref _sessions);
            return false;
        }

        Interlocked.Increment(ref _accepted);
        return true;
    }

    public void Leave() => Interlocked.Decrement(ref _sessions);

    public void CountTo(long bytes) => Interlocked.Add(ref _sentToBytes, bytes);

    public void CountBack(long bytes) => Interlocked.Add(ref _sentBackBytes, bytes);

    public void CountDropped(int datagrams) => Interlocked.Add(ref _dropped, datagrams);

    public void CountDroppedInReceiveBuffer(long datagrams) => Interlocked.Add(ref _droppedInReceiveBuffers, datagrams);
}
