using Weir.Loops;

namespace Weir;

// From the accepted connection, or the one source, to the end of the pair.
public sealed partial class Relay
{
    private static readonly TimeSpan s_resetLimit = TimeSpan.FromSeconds(5);

    // The server's handler: when it ends, the client's connection is closed.
    private async Task ServeAsync(Connection client)
    {
        if (_options.IsOnce && !TryBeginSingle())
        {
            client.Abort();
            return;
        }

        bool isFine = await ServeClientAsync(client).ConfigureAwait(false);
        if (_options.IsOnce)
            _ended.TrySetResult(isFine);
    }

    private async Task<bool> ServeClientAsync(Connection client)
    {
        Interlocked.Increment(ref _accepted);
        var pair = new RelayPair
        {
            Near = new RelayEnd(client),
            ClientAddress = client.PeerAddress ?? default,
            LocalAddress = client.LocalAddress,
        };
        if (_options.TakesProxyHeader && !await TakeProxyHeaderAsync(client, pair).ConfigureAwait(false))
        {
            client.Abort();
            return false;
        }

        return (_tls is null || await ShakeHandsAsync(client, pair).ConfigureAwait(false)) && await RunAsync(pair, client.Loop).ConfigureAwait(false);
    }

    // A client whose handshake fails has been told why by an alert, which a reset could destroy: it is closed in order.
    private async Task<bool> ShakeHandsAsync(Connection client, RelayPair pair)
    {
        using var late = new CancellationTokenSource(_options.ConnectTimeout);
        (TlsEnd? end, string problem) = await TlsEnd.AcceptAsync(client, _tls!, late.Token).ConfigureAwait(false);
        if (end is null)
        {
            _notices.Report(ServerEventKind.TlsFailed, $"client {pair.ClientAddress}: TLS handshake: {problem}; it is closed");
            return false;
        }

        pair.Near = end;
        return true;
    }

    private async Task<bool> TakeProxyHeaderAsync(Connection client, RelayPair pair)
    {
        (ProxyHeader header, string? problem) =
            await ProxyHeaderReceiver.ReceiveAsync(client.Input, _options.ConnectTimeout).ConfigureAwait(false);
        if (problem is not null)
        {
            _notices.Report(ServerEventKind.ProxyHeaderRejected, $"client {pair.ClientAddress}: {problem}; it is reset");
            return false;
        }

        if (header.HasAddresses)
            (pair.ClientAddress, pair.LocalAddress) = (header.Source, header.Destination);
        return true;
    }

    // Whoever comes second would be mixed up with the first.
    private bool TryBeginSingle()
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) != 0)
            return false;
        _ = StopListeningAsync();
        return true;
    }

    // The first client may be there before whoever started the server has it.
    private async Task StopListeningAsync()
    {
        Server server = await _listening.Task.ConfigureAwait(false);
        // Nobody of them would be served.
        server.LeaveQueues();
        await server.StopAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
    }

    private async Task RunSourceAsync()
    {
        var pair = new RelayPair();
        bool isFine = false;
        Interlocked.Increment(ref _accepted);
        try
        {
            EventLoop loop = _loops.LeastLoaded();
            pair.Near = await DestinationOf([_options.From], RelaySide.From).OpenAsync(pair, loop).ConfigureAwait(false);
            isFine = pair.Near is not null && await RunAsync(pair, loop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            _notices.Report(Shortage.KindOf(exception) ?? ServerEventKind.StreamFailed, exception.Message);
        }
        finally
        {
            _ended.TrySetResult(isFine);
        }
    }

    // A source of our own ends its input when it is asked to; what it has said is still answered.
    private void EndSource()
    {
        if (_server is not null)
            return;
        foreach ((RelayPair pair, _) in _pairs)
            pair.Near?.Connection.StopReading();
    }

    private async Task<bool> RunAsync(RelayPair pair, EventLoop loop)
    {
        _pairs.TryAdd(pair, pair);
        try
        {
            pair.Far = await _destination.OpenAsync(pair, loop).ConfigureAwait(false);
            if (pair.Far is null)
            {
                pair.Abort();
                return false;
            }

            await pair.JoinAsync().ConfigureAwait(false);
            pair.Near!.Close();
            pair.Far.Close();
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            _notices.Report(Shortage.KindOf(exception) ?? ServerEventKind.StreamFailed, exception.Message);
            pair.Abort();
            return false;
        }
        finally
        {
            await pair.FinishAsync().ConfigureAwait(false);
            Forget(pair);
        }

        return !pair.HasFailed;
    }

    private void Forget(RelayPair pair)
    {
        _destination.OnEnded(pair);
        Interlocked.Add(ref _sentToBytes, pair.SentToBytes);
        Interlocked.Add(ref _sentBackBytes, pair.SentBackBytes);
        _pairs.TryRemove(pair, out _);
        if (_pairs.IsEmpty)
            Volatile.Read(ref _empty)?.TrySetResult();
    }

    private async Task<int> EmptyAsync(TimeSpan limit)
    {
        TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource empty = Interlocked.CompareExchange(ref _empty, fresh, null) ?? fresh;
        if (_pairs.IsEmpty)
            empty.TrySetResult();
        try
        {
            await empty.Task.WaitAsync(limit).ConfigureAwait(false);
            return 0;
        }
        catch (TimeoutException)
        {
            int left = _pairs.Count;
            Abort();
            // What was reset ends at once, except a child, which has its own limits.
            await Task.WhenAny(empty.Task, Task.Delay(_options.ChildTimeout + s_resetLimit)).ConfigureAwait(false);
            return left;
        }
    }
}
