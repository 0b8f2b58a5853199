using System.Collections.Concurrent;

namespace Weir;

/// <summary>The buffers of datagram channels, shared by all: a channel holds one while its reader or writer is at work.</summary>
internal static class DatagramBuffers
{
    // Their memory is mostly untouched, and so mostly not there; what a crowd took beyond these goes to the garbage collector.
    private const int MaxRetained = 32;

    private static readonly int s_slotBytes = DatagramOptions.Default.MaxDatagramBytes;
    private static readonly ConcurrentStack<ReceivedDatagrams> s_received = new();
    private static readonly ConcurrentStack<OutgoingDatagrams> s_outgoing = new();

    public static ReceivedDatagrams RentReceived(int maxDatagramBytes) =>
        maxDatagramBytes == s_slotBytes && s_received.TryPop(out ReceivedDatagrams? batch) ? batch : new ReceivedDatagrams(maxDatagramBytes);

    public static void Return(ReceivedDatagrams batch)
    {
        if (batch.SlotBytes == s_slotBytes && s_received.Count < MaxRetained)
            s_received.Push(batch);
    }

    public static OutgoingDatagrams RentOutgoing() => s_outgoing.TryPop(out OutgoingDatagrams? outgoing) ? outgoing : new OutgoingDatagrams();

    public static void Return(OutgoingDatagrams outgoing)
    {
        outgoing.Clear();
        if (s_outgoing.Count < MaxRetained)
            s_outgoing.Push(outgoing);
    }
}
