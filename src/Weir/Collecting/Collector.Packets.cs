using Weir.Collecting;
using Weir.Sockets;

namespace Weir;

// Those who receive datagrams, one per socket, and messages, one per connection.
public sealed partial class Collector
{
    // Unix datagrams may be as long as the kernel lets a send buffer be (net.core.wmem_max is 208 KiB by default).
    private const int MaxUnixDatagramBytes = 256 * 1024;
    private const int DropCheckIntervalMs = 1000;

    private static DatagramOptions DatagramOptionsFor(IReadOnlyList<SocketUrl> urls) =>
        urls.Any(url => url.Scheme is SocketScheme.UnixGram or SocketScheme.Fd)
            ? new DatagramOptions { MaxDatagramBytes = MaxUnixDatagramBytes }
            : DatagramOptions.Default;

    private async Task ReceiveDatagramsAsync(DatagramChannel channel)
    {
        BeginReceiving();
        try
        {
            var records = new DatagramRecords(_options, OnLineCut);
            for (long nextCheckMs = 0; await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } datagrams;)
            {
                TellTruncated(datagrams, channel);
                records.Offer(datagrams);
                await _queue.TakeAllAsync(records).ConfigureAwait(false);
                if (Environment.TickCount64 < nextCheckMs)
                    continue;
                nextCheckMs = Environment.TickCount64 + DropCheckIntervalMs;
                TellDrops(channel);
            }

            TellDrops(channel);
        }
        catch (OperationCanceledException)
        {
            // Nobody writes any more.
        }
        finally
        {
            EndReceiving();
        }
    }

    private async Task ReceiveMessagesAsync(MessageChannel channel)
    {
        BeginReceiving();
        try
        {
            using CancellationTokenSource? idle = CreateIdleTimer();
            var records = new MessageRecords(_options, OnLineCut);
            while (true)
            {
                idle?.CancelAfter(_options.IdleTimeout);
                Message message = await channel.ReceiveAsync(idle?.Token ?? CancellationToken.None).ConfigureAwait(false);
                idle?.CancelAfter(Timeout.InfiniteTimeSpan);
                if (message.IsEnd)
                    return;
                if (message.IsTruncated)
                    TellTruncated("message", message.FullLengthBytes, message.Bytes.Length, "unixpacket");
                records.Offer(message);
                await _queue.TakeAllAsync(records).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The peer is silent, or nobody writes any more.
        }
        finally
        {
            EndReceiving();
        }
    }

    private CancellationTokenSource? CreateIdleTimer() =>
        _options.IdleTimeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource();

    private void TellTruncated(ReceivedDatagrams datagrams, DatagramChannel channel)
    {
        // UDP's are never longer than its buffer.
        if (channel.Scheme != SocketScheme.UnixGram)
            return;
        foreach (ReceivedDatagram datagram in datagrams)
        {
            if (datagram.IsTruncated)
                TellTruncated("datagram", datagram.FullLengthBytes, datagram.Bytes.Length, $"{channel}");
        }
    }

    private void TellTruncated(string what, int fullBytes, int bytes, string where) => _notices.Report(
        ServerEventKind.RecordCut, $"{where}: a {what} of {fullBytes} bytes was cut to {bytes}; longer ones are");

    private void TellDrops(DatagramChannel channel)
    {
        if (channel.DroppedDatagrams is > 0 and long dropped)
        {
            _notices.Report(
                ServerEventKind.DatagramsDropped,
                $"{channel}: the kernel dropped {dropped} datagrams, because the receive buffer was full; try ?rcvbuf=4M (net.core.rmem_max is its limit)");
        }
    }
}
