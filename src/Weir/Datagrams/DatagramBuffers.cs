namespace Weir;

/// <summary>The buffers of datagram channels, shared by all: a channel holds one while its reader or writer is at work.</summary>
internal static class DatagramBuffers
{
    private static readonly int s_slotBytes = DatagramOptions.Default.MaxDatagramBytes;
    private static readonly Shelf<ReceivedDatagrams> s_received = new();
    private static readonly Shelf<OutgoingDatagrams> s_outgoing = new();

    public static ReceivedDatagrams RentReceived(int maxDatagramBytes) =>
        (maxDatagramBytes == s_slotBytes ? s_received.TryTake() : null) ?? new ReceivedDatagrams(maxDatagramBytes);

    public static void Return(ReceivedDatagrams batch)
    {
        if (batch.SlotBytes == s_slotBytes)
            s_received.Put(batch);
    }

    public static OutgoingDatagrams RentOutgoing() => s_outgoing.TryTake() ?? new OutgoingDatagrams();

    public static void Return(OutgoingDatagrams outgoing)
    {
        outgoing.Clear();
        s_outgoing.Put(outgoing);
    }

    /// <summary>Last in, first out, so that the next one is in the cache.</summary>
    private sealed class Shelf<T>
        where T : class
    {
        // Their memory is mostly untouched, and so mostly not there; what a crowd took beyond these goes to the garbage collector.
        private const int MaxRetained = 32;

        private readonly Lock _lock = new();
        private readonly T?[] _items = new T?[MaxRetained];
        private int _count;

        public T? TryTake()
        {
            lock (_lock)
                return _count > 0 ? _items[--_count] : null;
        }

        public void Put(T item)
        {
            lock (_lock)
            {
                if (_count < MaxRetained)
                    _items[_count++] = item;
            }
        }
    }
}
