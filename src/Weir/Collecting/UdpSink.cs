using Weir.Linux;
using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>UDP: a datagram per record, as many per call as the kernel takes. Nobody says that one has arrived.</summary>
internal sealed class UdpSink(SocketUrl url, DatagramOptions options, SinkNotices notices) : PeerSink(url, notices)
{
    // The most that fits behind the headers of IPv4 (udp(7)).
    private const int MaxDatagramBytes = 65507;

    private DatagramChannel? _channel;

    public override bool IsByteStream => false;

    public override async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        DatagramChannel channel = _channel ??= await ConnectAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
        for (int record = 0; record < batch.Count; record++)
        {
            if (batch[record].Length > MaxDatagramBytes)
            {
                Lose($"send to {Url}: a record of {batch[record].Length} bytes, and a datagram has {MaxDatagramBytes} at most; such records are lost");
                continue;
            }

            while (!channel.TryWrite(batch[record].Span))
                await channel.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await channel.FlushAsync(cancellationToken).ConfigureAwait(false);
        Delivered();
    }

    public override ValueTask FinishAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync() => _channel?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task<DatagramChannel> OpenAsync(CancellationToken cancellationToken) =>
        DatagramChannel.ConnectAsync(Url, options with { OnError = OnError }, cancellationToken);

    private void OnError(DatagramError error) => Lose(error.Errno is Errno.ECONNREFUSED
        ? $"send to {Url}: ECONNREFUSED; nobody receives there, and records are lost until somebody does"
        : $"send to {Url}: {error.Errno}; records are lost");
}
