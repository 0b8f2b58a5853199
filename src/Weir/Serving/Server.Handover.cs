using Weir.Sockets;

namespace Weir;

// Listeners that come from the process before, and go to the next one.
public sealed partial class Server
{
    private readonly TaskCompletionSource<HandoverPeer> _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stoppedAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IHandoverSource> _adopted = [];
    private HandoverOffer? _offer;
    private int _stops;

    /// <summary>The process whose listeners this server took at its start; null when there was none.</summary>
    public HandoverPeer? TookOver { get; private set; }

    /// <summary>
    /// Ends when another process has taken the listeners (<see cref="ServerOptions.HandoverPath"/>) and serves. Then this server accepts nothing
    /// more on them; <see cref="StopAsync"/> lets its connections finish.
    /// </summary>
    public Task<HandoverPeer> HandedOver => _handedOver.Task;

    private async Task<HandoverTaking?> TakeOverAsync(CancellationToken cancellationToken) =>
        _options.HandoverPath is { } path
            ? await HandoverTaking.TakeAsync(HandoverDoor.UrlOf(path), cancellationToken).ConfigureAwait(false)
            : null;

    private async Task<Listener> ListenAsync(SocketUrl url, HandoverTaking? taking, CancellationToken cancellationToken)
    {
        if (taking?.TryTake(url) is not { } inherited)
            return await Listener.BindAsync(url, _loops, _options.Listener, _owner, cancellationToken).ConfigureAwait(false);
        var listener = Listener.Adopt(url, inherited, _loops, _options.Listener, _owner);
        _adopted.Add(listener);
        return listener;
    }

    private void PrepareOffer(HandoverTaking? taking)
    {
        taking?.ThrowIfTooLate();
        if (_options.HandoverPath is { } path)
            _offer = new HandoverOffer(taking?.TakeDoor() ?? HandoverDoor.Bind(HandoverDoor.UrlOf(path)), new HandoverOwner(this));
    }

    // The start has failed, and what was taken is still served by the process that it came from.
    private Task LeaveToOldProcessAsync()
    {
        _offer?.Abandon();
        _offer = null;
        return Task.WhenAll(_adopted.Select(source => source.ReleaseAsync()));
    }

    private async Task ConcludeTakeOverAsync(HandoverTaking? taking)
    {
        if (taking is not null)
        {
            TookOver = new HandoverPeer(taking.ProcessId, taking.Count);
            await taking.ConfirmAsync().ConfigureAwait(false);
        }

        _offer?.Start();
    }

    // Whoever has the sockets already, and has only to say that it serves, may still do so.
    private Task EndOfferAsync(TimeSpan drainTimeout) => _offer?.CloseAsync(Half(drainTimeout)) ?? Task.CompletedTask;

    /// <summary>
    /// After a hand-over: a client that has connected and not yet said what it wants must not meet an end, so connections go on as they are
    /// for half of the time.
    /// </summary>
    /// <returns>The time that is left for the drain.</returns>
    private async Task<TimeSpan> RunOnAsync(TimeSpan drainTimeout)
    {
        if (Interlocked.Increment(ref _stops) > 1)
            _stoppedAgain.TrySetResult();
        else if (HandedOver.IsCompletedSuccessfully && !_options.ReadsWhileDraining)
            return TimeLeft.Of(drainTimeout, await WaitUntilEmptyAsync(Half(drainTimeout)).ConfigureAwait(false));
        return drainTimeout;
    }

    private async Task<TimeSpan> WaitUntilEmptyAsync(TimeSpan limit)
    {
        TimeProvider time = _loops.Options.TimeProvider;
        long start = time.GetTimestamp();
        TaskCompletionSource empty = EmptySignal();
        // A listener that was not taken may be accepting what waits in its queue.
        if (!_listenersClosed || Volatile.Read(ref _connections) > 0)
            await Task.WhenAny(empty.Task, _stoppedAgain.Task, Task.Delay(limit, time)).ConfigureAwait(false);
        TimeSpan waited = time.GetElapsedTime(start);
        // The other half is the drain's, however late this one has ended.
        return limit == Timeout.InfiniteTimeSpan || waited < limit ? waited : limit;
    }

    private static TimeSpan Half(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / 2;

    /// <summary>Keeps the callbacks out of the server's public face.</summary>
    private sealed class HandoverOwner(Server server) : IHandoverOwner
    {
        private static readonly TimeSpan s_releaseLimit = TimeSpan.FromSeconds(5);

        public IReadOnlyList<IHandoverSource> Sources => server._listeners;

        public int Release(IReadOnlyList<IHandoverSource> taken, HandoverPeer peer)
        {
            // A loop that a handler holds accepts nothing either, and is not waited for.
            Task.WhenAll(taken.Select(source => source.ReleaseAsync())).Wait(s_releaseLimit);
            return server.Statistics.Connections;
        }

        public void OnHandedOver(HandoverPeer peer) => server._handedOver.TrySetResult(peer);

        public void OnFailed(string message) => server._notices.Report(ServerEventKind.HandoverFailed, message);
    }
}
