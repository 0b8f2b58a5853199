using System.IO.Pipelines;
using Weir.Collecting;
using Weir.Sockets;

namespace Weir;

// Those who receive, one per connection.
public sealed partial class Collector
{
    // Nothing is sent that a reset could destroy, and a peer that goes on after the end learns at once that nobody reads.
    private static readonly ConnectionOptions s_connection = new() { LingerTimeout = TimeSpan.Zero };

    private readonly Lock _receivingLock = new();
    private TaskCompletionSource? _allReceived;
    private int _receiving;

    private Task<Server> ListenAsync(CancellationToken cancellationToken) => Server.StartAsync(
        new ServerOptions
        {
            Urls = _options.Urls,
            Loops = _options.Loops,
            MaxConnections = _options.MaxConnections,
            HandoverPath = _options.HandoverPath,
            Listener = new ListenerOptions { Connection = s_connection, Datagrams = DatagramOptionsFor(_options.Urls) },
            OnEvent = _options.OnEvent,
        },
        new ServerHandlers { Connections = ReceiveAsync, Messages = ReceiveMessagesAsync, Datagrams = ReceiveDatagramsAsync },
        cancellationToken);

    private async Task ReceiveAsync(Connection connection)
    {
        BeginReceiving();
        try
        {
            StreamRecords records = CreateRecords(connection);
            if (await ReceiveAsync(connection.Input, records).ConfigureAwait(false))
                return;
            // The peer is gone or silent: what it had begun to say is all there will be.
            await TakeRestAsync(connection.Input, records).ConfigureAwait(false);
            connection.Abort();
        }
        catch (InvalidDataException nonsense)
        {
            _notices.Report(ServerEventKind.BadRecord, nonsense.Message);
            connection.Abort();
        }
        catch (OperationCanceledException)
        {
            connection.Abort();
        }
        finally
        {
            EndReceiving();
        }
    }

    // False when the peer did not finish in order.
    private async Task<bool> ReceiveAsync(ConnectionReader input, StreamRecords records)
    {
        using CancellationTokenSource? idle = CreateIdleTimer();
        try
        {
            while (true)
            {
                idle?.CancelAfter(_options.IdleTimeout);
                ReadResult read = await input.ReadAsync(idle?.Token ?? CancellationToken.None).ConfigureAwait(false);
                idle?.CancelAfter(Timeout.InfiniteTimeSpan);
                records.Offer(read.Buffer, read.IsCompleted);
                await _queue.TakeAllAsync(records).ConfigureAwait(false);
                input.AdvanceTo(records.Rest.Start, read.Buffer.End);
                if (read.IsCompleted)
                    return true;
            }
        }
        catch (SocketCallException)
        {
            return false;
        }
        catch (OperationCanceledException) when (idle is { IsCancellationRequested: true })
        {
            return false;
        }
    }

    private async Task TakeRestAsync(ConnectionReader input, StreamRecords records)
    {
        // A read that was cancelled shows what is unread in spite of the error.
        input.CancelPendingRead();
        if (!input.TryRead(out ReadResult read))
            return;
        records.Offer(read.Buffer, isLast: true);
        await _queue.TakeAllAsync(records).ConfigureAwait(false);
        input.AdvanceTo(read.Buffer.End);
    }

    private StreamRecords CreateRecords(Connection connection) => _options.Framing switch
    {
        RecordFraming.Lines => new LineRecords(_options.MaxLineBytes, OnLineCut),
        RecordFraming.Datagrams => new CountedRecords(NameOf(connection)),
        RecordFraming.Raw => new RawRecords(),
        _ => throw new InvalidOperationException($"no framing {_options.Framing}"),
    };

    private void OnLineCut() => _notices.Report(
        ServerEventKind.RecordCut, $"a line is longer than {_options.MaxLineBytes} bytes; such lines are cut into pieces");

    // TCP names the peer; who uses a unix socket has no name, but it has an address.
    private static string NameOf(Connection connection) => $"{connection.PeerAddress ?? connection.LocalAddress}";

    private void BeginReceiving()
    {
        lock (_receivingLock)
            _receiving++;
    }

    private void EndReceiving()
    {
        lock (_receivingLock)
        {
            if (--_receiving == 0)
                _allReceived?.TrySetResult();
        }
    }

    private Task AllReceivedAsync()
    {
        lock (_receivingLock)
        {
            // One for all who stop.
            _allReceived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_receiving == 0)
                _allReceived.TrySetResult();
            return _allReceived.Task;
        }
    }
}
