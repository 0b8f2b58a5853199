using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>Listeners, a handler, limits, and an orderly end.</summary>
public sealed partial class Server : IAsyncDisposable
{
    // What is reset ends at once, except a handler that goes on in spite of it.
    private static readonly TimeSpan s_resetLimit = TimeSpan.FromSeconds(5);

    private readonly ServerOptions _options;
    private readonly ServerHandlers _handlers;
    private readonly LoopGroup _loops;
    private readonly List<Listener> _listeners = [];
    private readonly ServerNotices _notices;
    private int _places;
    private int _connections;
    private long _accepted;
    private volatile bool _listenersClosed;
    private volatile bool _stopping;
    private volatile bool _aborting;
    private TaskCompletionSource? _empty;
    private Task? _resetOver;

    private Server(ServerOptions options, ServerHandlers handlers)
    {
        _options = options;
        _handlers = handlers;
        _loops = options.Loops ?? LoopGroup.Shared;
        _owner = new Owner(this);
        _notices = new ServerNotices(options.OnEvent, _loops.Options.TimeProvider);
        _loops.Stalled += OnStalled;
    }

    public IReadOnlyList<Listener> Listeners => _listeners;

    public ServerStatistics Statistics
    {
        get
        {
            IReadOnlyList<LoopStatistics> loops = _loops.Statistics;
            return new ServerStatistics
            {
                Connections = Volatile.Read(ref _connections),
                Accepted = Interlocked.Read(ref _accepted),
                ReceivedBytes = loops.Sum(loop => loop.ReceivedBytes),
                SentBytes = loops.Sum(loop => loop.SentBytes),
                DroppedDatagrams = _listeners.Sum(listener => listener.DroppedDatagrams),
                CutMessages = loops.Sum(loop => loop.CutMessages),
                BufferedBytes = loops.Sum(loop => loop.BufferedBytes),
            };
        }
    }

    /// <summary>Listens on every URL, or on none: when one fails, the others are closed again.</summary>
    /// <param name="options">What to listen on: tcp, tcp4, tcp6, unix, or an inherited listener of them.</param>
    /// <param name="handler">Serves one connection; it is closed when the task ends, and reset when the task fails.</param>
    /// <param name="cancellationToken">Ends the resolving of names.</param>
    /// <exception cref="SocketCallException">An address cannot be listened on.</exception>
    /// <exception cref="NameResolutionException">A name has no address.</exception>
    /// <exception cref="NotSupportedException">A URL has no stream connections.</exception>
    public static Task<Server> StartAsync(
        ServerOptions options, Func<Connection, Task> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(options, new ServerHandlers { Connections = handler }, cancellationToken);
    }

    /// <summary>The same with a handler for each kind of socket.</summary>
    /// <param name="options">What to listen on.</param>
    /// <param name="handlers">What serves connections, messages and datagrams.</param>
    /// <param name="cancellationToken">Ends the resolving of names.</param>
    /// <exception cref="SocketCallException">An address cannot be listened on.</exception>
    /// <exception cref="NameResolutionException">A name has no address.</exception>
    /// <exception cref="NotSupportedException">A URL's kind has no handler.</exception>
    public static async Task<Server> StartAsync(
        ServerOptions options, ServerHandlers handlers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handlers);
        options.ThrowIfInvalid(nameof(options));
        foreach (SocketUrl url in options.Urls.Where(url => url.Scheme != SocketScheme.Fd))
            handlers.RequireFor(url.Scheme, url);
        var server = new Server(options, handlers);
        using HandoverTaking? taking = await server.TakeOverAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (SocketUrl url in options.Urls)
            {
                Listener listener = await server.ListenAsync(url, taking, cancellationToken).ConfigureAwait(false);
                server._listeners.Add(listener);
                handlers.RequireFor(listener.Scheme, url);
            }

            if (options.BeforeServing is { } check)
                await check(server._listeners, cancellationToken).ConfigureAwait(false);
            server.PrepareOffer(taking);
            server._listeners.ForEach(listener => listener.Start());
            await server.ConcludeTakeOverAsync(taking).ConfigureAwait(false);
        }
        catch
        {
            await server.LeaveToOldProcessAsync().ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return server;
    }

    /// <summary>
    /// Stops in order: what waits in the accept queues is still served, every connection's reader sees the end after what has arrived,
    /// handlers finish. What is not done when the time is over is reset, and a handler that still goes on then is left behind after five
    /// seconds. After <see cref="HandedOver"/> connections go on undisturbed for half of the time first, unless this is called once more.
    /// </summary>
    /// <returns>How many connections had to be reset.</returns>
    public async Task<int> StopAsync(TimeSpan drainTimeout)
    {
        await EndOfferAsync(drainTimeout).ConfigureAwait(false);
        // At the limit of connections, what waits in the accept queues is taken only when others have ended, which they do below.
        Task closing = CloseListenersAsync();
        drainTimeout = await RunOnAsync(drainTimeout).ConfigureAwait(false);
        _stopping = true;
        TaskCompletionSource empty = EmptySignal();
        if (!_options.ReadsWhileDraining)
            ForEachConnection(static connection => connection.StopReading());
        foreach (ChannelRun run in _runs.Keys.Where(run => !GoesOn(run)))
            run.Channel.StopReading();
        CompleteIfEmpty();
        try
        {
            await empty.Task.WaitAsync(drainTimeout, _loops.Options.TimeProvider).ConfigureAwait(false);
            await closing.ConfigureAwait(false);
            return 0;
        }
        catch (TimeoutException)
        {
            int left = Volatile.Read(ref _connections);
            _options.OnReset?.Invoke();
            Abort();
            await WaitForResetAsync(empty.Task).ConfigureAwait(false);
            return left;
        }
        finally
        {
            _loops.Stalled -= OnStalled;
        }
    }

    /// <summary>Resets every connection.</summary>
    public void Abort()
    {
        _aborting = true;
        LeaveQueues();
        ForEachConnection(static connection => connection.Abort());
        foreach (ChannelRun run in _runs.Keys)
            _ = run.Channel.CloseAsync();
    }

    /// <summary>Stops without waiting for handlers.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>A stop takes nothing more from the accept queues.</summary>
    internal void LeaveQueues() => _listeners.ForEach(listener => listener.LeaveQueues());

    private async Task CloseListenersAsync()
    {
        await Task.WhenAll(_listeners.Select(listener => listener.CloseAsync())).ConfigureAwait(false);
        _listenersClosed = true;
        CompleteIfEmpty();
    }

    private async Task WaitForResetAsync(Task empty)
    {
        // One limit for all who stop: a dispose follows most stops.
        Task over = LazyInitializer.EnsureInitialized(ref _resetOver, () => Task.Delay(s_resetLimit, _loops.Options.TimeProvider));
        if (await Task.WhenAny(empty, over).ConfigureAwait(false) == empty)
            return;
        _notices.Report(
            ServerEventKind.HandlerFailed,
            $"handlers go on {s_resetLimit.TotalSeconds:F0} s after what they serve was reset, and are left behind; their receives have ended");
    }

    private bool GoesOn(ChannelRun run) => _options.ReadsWhileDraining && run.IsConnection;

    // One for all who stop: a dispose may come while a drain is going on.
    private TaskCompletionSource EmptySignal()
    {
        TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _empty, fresh, null) ?? fresh;
    }

    private void ForEachConnection(Action<Connection> action)
    {
        foreach (EventLoop loop in _loops.Loops)
            loop.Post(new ConnectionVisit(loop, _owner, action));
    }

    private void OnStalled(LoopStall stall) => _notices.Report(
        ServerEventKind.LoopStalled,
        $"a handler holds {stall.LoopName} for more than {stall.Duration.TotalMilliseconds:F0} ms; {stall.Connections} connections wait; use thread-pool scheduling");
}
