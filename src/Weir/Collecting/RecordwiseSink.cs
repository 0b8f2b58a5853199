using Weir.Linux;
using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>A unix peer that gets each record on its own; the one that it did not take goes to the next that takes its place.</summary>
internal abstract class RecordwiseSink<T>(SocketUrl url, SinkNotices notices) : PeerSink(url, notices)
    where T : class, IAsyncDisposable
{
    private T? _peer;

    public override bool IsByteStream => false;

    public override async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        for (int record = 0; record < batch.Count;)
        {
            try
            {
                _peer ??= await ConnectAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
                await SendAsync(_peer, batch[record], cancellationToken).ConfigureAwait(false);
                batch.Take(++record);
                Delivered();
            }
            catch (SocketCallException failure) when (failure.Errno is Errno.EMSGSIZE)
            {
                Lose($"send to {Url}: a record of {batch[record].Length} bytes is longer than the kernel allows (sndbuf); such records are lost");
                batch.Take(++record);
            }
            catch (SocketCallException)
            {
                // The reason is said when nobody takes the peer's place.
                await DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // What the kernel has taken is in the peer's queue.
    public override ValueTask FinishAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (_peer is { } peer)
            await peer.DisposeAsync().ConfigureAwait(false);
        _peer = null;
    }

    protected abstract Task<T> OpenAsync(CancellationToken cancellationToken);

    protected abstract ValueTask SendAsync(T peer, ReadOnlyMemory<byte> record, CancellationToken cancellationToken);
}

/// <summary>unixpacket: a message per record.</summary>
internal sealed class MessageSink(SocketUrl url, MessageOptions options, SinkNotices notices) : RecordwiseSink<MessageChannel>(url, notices)
{
    protected override Task<MessageChannel> OpenAsync(CancellationToken cancellationToken) =>
        MessageChannel.ConnectAsync(Url, options, cancellationToken);

    protected override ValueTask SendAsync(MessageChannel peer, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        peer.SendAsync(record, cancellationToken);
}

/// <summary>unixgram: a datagram per record.</summary>
internal sealed class UnixDatagramSink(SocketUrl url, DatagramOptions options, SinkNotices notices)
    : RecordwiseSink<DatagramChannel>(url, notices)
{
    // As much as a batch of the channel holds; the kernel's own limit is mostly lower.
    private const int MaxDatagramBytes = 256 * 1024;

    protected override Task<DatagramChannel> OpenAsync(CancellationToken cancellationToken) =>
        DatagramChannel.ConnectAsync(Url, options, cancellationToken);

    protected override ValueTask SendAsync(DatagramChannel peer, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        // One at a time, so that an error is this record's.
        return record.Length <= MaxDatagramBytes && peer.TryWrite(record.Span)
            ? peer.FlushAsync(cancellationToken)
            : throw new SocketCallException("send", Errno.EMSGSIZE, Url.ToString());
    }
}
