using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>
/// One stream to a peer. When it breaks, the record that was under way is sent again, whole, on the next one. What the kernel had
/// taken before is the peer's or lost: a stream has no other receipt.
/// </summary>
internal sealed class StreamSink(SocketUrl url, ConnectorOptions options, SinkNotices notices) : PeerSink(url, notices)
{
    private static readonly TimeSpan s_acknowledgementInterval = TimeSpan.FromMilliseconds(10);

    private Connection? _connection;
    private Task _watching = Task.CompletedTask;

    public override bool IsByteStream => true;

    public override async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        for (int position = 0; position < batch.Bytes;)
        {
            Connection connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
            long sentBefore = connection.SentBytes;
            FlushResult flushed = await SendAsync(connection, batch.Memory[position..], cancellationToken).ConfigureAwait(false);
            if (!flushed.IsCompleted
                && (!_watching.IsCompleted || await IsAcknowledgedAsync(connection, cancellationToken).ConfigureAwait(false)))
            {
                Delivered();
                return;
            }

            if (flushed.IsCompleted)
                position = batch.StartOf(batch.RecordAt(position + (int)(connection.SentBytes - sentBefore)));
            await LeaveAsync().ConfigureAwait(false);
        }
    }

    public override async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { } connection)
            return;
        await connection.Output.CompleteAsync().ConfigureAwait(false);
        await connection.CloseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync() => await LeaveAsync().ConfigureAwait(false);

    private async ValueTask<Connection> ConnectionAsync(CancellationToken cancellationToken)
    {
        if (_connection is { Fault: not Errno.None })
            await LeaveAsync().ConfigureAwait(false);
        if (_connection is not null)
            return _connection;
        _connection = await ConnectAsync(token => Connector.ConnectAsync(Url, options, token), cancellationToken).ConfigureAwait(false);
        _watching = WatchAsync(_connection);
        return _connection;
    }

    private static async Task<FlushResult> SendAsync(Connection connection, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The kernel holds on to nothing of ours, but the queue behind the gate may: the bytes must not change under it.
            connection.Leave();
            await connection.Closed.ConfigureAwait(false);
            throw;
        }
    }

    // What the peer says is of no interest, but that it has ended is.
    private static async Task WatchAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Exception failure) when (failure is SocketCallException or InvalidOperationException)
        {
            // The next write meets it as well.
        }
    }

    // A peer that has finished sending may go on reading, or be gone: only the acknowledgement tells, and a reset that it is gone.
    private static async Task<bool> IsAcknowledgedAsync(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            while (connection.Fault is Errno.None && !connection.Closed.IsCompleted)
            {
                if (connection.Info is not { } tcp)
                    return true;
                // The reset of a peer that has ended before may have been noticed by the kernel alone.
                if (tcp.State == TcpState.Close)
                    return false;
                if (connection.Queues.Kernel.SendBytes == 0)
                    return true;
                await Task.Delay(s_acknowledgementInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SocketCallException)
        {
            // Closed meanwhile.
        }

        return false;
    }

    private async ValueTask LeaveAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        // No reset: what the kernel has taken still reaches a peer that is only slow.
        connection.Leave();
        await connection.Closed.ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }
}
