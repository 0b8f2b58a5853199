using Weir.Linux;
using Weir.Sockets;

namespace Weir;

// For relays, which rather drop a datagram than hold up others: batches of the caller's own, sent now or not at all, from any thread.
public sealed partial class DatagramChannel
{
    internal bool TryCollect(OutgoingDatagrams batch, ReadOnlySpan<byte> datagram, in KernelAddress to = default, in KernelAddress from = default) =>
        batch.TryAdd(datagram, to, from, joins: datagram.Length <= _joinLimitBytes);

    /// <summary>Sends what the kernel takes at once, and empties the batch.</summary>
    /// <returns>Datagrams that were dropped, and bytes that were sent.</returns>
    internal (int Dropped, long SentBytes) SendNow(OutgoingDatagrams batch)
    {
        (int first, int dropped, long bytes) = (0, 0, 0);
        Errno tried = Errno.None;
        while (first < batch.Count)
        {
            SysResult sent = batch.Send(Socket, first);
            if (sent.IsOk)
            {
                for (int i = 0; i < sent.Value; i++)
                    bytes += batch.BytesOf(first + i);
                first += sent.Value;
                if (tried is not Errno.None && PeerAddress is { } peer)
                    ReportRefusal(tried, peer);
                tried = Errno.None;
                continue;
            }

            if (sent.Errno is Errno.EAGAIN)
                break;
            if (IsOwnError(sent.Errno, ref tried))
                dropped += DropRefused(batch, first++, sent.Errno, ref bytes);
        }

        for (; first < batch.Count; first++)
            dropped += batch.SegmentsOf(first);
        batch.Clear();
        Loop.Counters.AddSent(Loop, (int)bytes);
        return (dropped, bytes);
    }

    // What cannot be sent joined may still be sent one by one.
    private int DropRefused(OutgoingDatagrams batch, int message, Errno errno, ref long bytes)
    {
        if (batch.SegmentsOf(message) == 1)
        {
            ReportRefusal(errno, PeerAddress ?? batch.PeerOf(message));
            return 1;
        }

        int dropped = 0;
        for (int segment = 0; segment < batch.SegmentsOf(message); segment++)
        {
            SysResult sent = SendSegment(batch, message, segment, errno);
            if (IsNeverOwn(sent.Errno))
                sent = SendSegment(batch, message, segment, errno);
            bytes += sent.IsOk ? sent.Value : 0;
            dropped += sent.IsOk ? 0 : 1;
        }

        return dropped;
    }

    private void ReportRefusal(Errno errno, in KernelAddress peer) => _options.OnError?.Invoke(new DatagramError(errno, peer));
}
