using Weir.Loops;

namespace Weir;

// From the accepted connection, or the one source, to the end of the pair.
public sealed partial class Relay
{
    // What was reset ends at once, except a child, which has its own limits.
    private static readonly TimeSpan s_resetLimit = TimeSpan.FromSeconds(15);

    // The server's handler: when it ends, the client's connection is closed.
    private async Task ServeAsync(Connection client)
    {
        if (_isSingle && !TryBeginSingle())
        {
            client.Abort();
            return;
        }

        var pair = new RelayPair
        {
            Near = new RelayEnd(client),
            ClientAddress = client.PeerAddress ?? default,
            LocalAddress = client.LocalAddress,
        };
        bool isFine = await RunAsync(pair, client.Loop).ConfigureAwait(false);
        if (_isSingle)
            _ended.TrySetResult(isFine);
    }

    // Whoever comes second would be mixed up with the first.
    private bool TryBeginSingle()
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) != 0)
            return false;
        _ = _server!.StopAsync(Timeout.InfiniteTimeSpan);
        return true;
    }

    private async Task RunSourceAsync()
    {
        var pair = new RelayPair();
        bool isFine = false;
        try
        {
            EventLoop loop = _loops.LeastLoaded();
            pair.Near = await SourceOf(_options.From).OpenAsync(pair, loop).ConfigureAwait(false);
            isFine = pair.Near is not null && await RunAsync(pair, loop).ConfigureAwait(false);
            pair.Near?.Close();
        }
        finally
        {
            _ended.TrySetResult(isFine);
        }
    }

    private IRelayDestination SourceOf(RelayEndpoint endpoint) => DestinationOf([endpoint]);

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
        Interlocked.Increment(ref _accepted);
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
            pair.Far.Close();
            await pair.FinishAsync().ConfigureAwait(false);
            return !pair.WasReset;
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            _notices.Report(ServerEventKind.HandlerFailed, exception.Message, exception);
            pair.Abort();
            return false;
        }
        finally
        {
            Forget(pair);
        }
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
            await Task.WhenAny(empty.Task, Task.Delay(s_resetLimit)).ConfigureAwait(false);
            return left;
        }
    }
}
