using System.Collections.Concurrent;
using System.Net.Security;
using Weir.Sockets;

namespace Weir;

/// <summary>Accepts connections, or takes one source of bytes, and moves what comes to somewhere else and back.</summary>
public sealed partial class Relay : IAsyncDisposable
{
    private static readonly Task<HandoverPeer> s_never = new TaskCompletionSource<HandoverPeer>().Task;

    private readonly RelayOptions _options;
    private readonly LoopGroup _loops;
    private readonly LoopGroup? _ownLoops;
    private readonly ConnectionOptions _connection;
    private readonly ServerNotices _notices;
    private readonly IRelayDestination _destination;
    private readonly RelayTraffic _traffic = new();
    private readonly int _capacity;
    private readonly MessageRelay _messages;
    private readonly ConcurrentDictionary<RelayPair, RelayPair> _pairs = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly TaskCompletionSource<Server> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Server? _server;
    private TaskCompletionSource? _empty;
    private long _accepted;
    private long _sentToBytes;
    private long _sentBackBytes;
    private int _hasBegun;

    private Relay(RelayOptions options, LoopGroup? ownLoops)
    {
        _ownLoops = ownLoops;
        _loops = options.Loops!;
        _options = options;
        _connection = new ConnectionOptions { IdleTimeout = options.IdleTimeout };
        _notices = new ServerNotices(options.OnEvent, _loops.Options.TimeProvider);
        _tls = options.From.Tls is null ? null : TlsFiles.ForListening(options.From.Tls);
        _capacity = RelayCapacity.Of(options);
        _destination = DestinationOf(_options.To, RelaySide.To);
        _messages = new MessageRelay(_options, _traffic, _notices);
    }

    /// <summary>What is listened on; empty when the relay has one source of bytes.</summary>
    public IReadOnlyList<Listener> Listeners => _server?.Listeners ?? [];

    /// <summary>
    /// Ends when there is nothing more to relay, with whether all went well: after the only connection of a relay that has one, because
    /// one side is this process's standard streams or no URL is listened on. Other relays go on until they are stopped.
    /// </summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>The process whose listener this relay took at its start; null when there was none.</summary>
    public HandoverPeer? TookOver => _server?.TookOver;

    /// <summary>
    /// Ends when another process has taken the listener (<see cref="RelayOptions.HandoverPath"/>); <see cref="StopAsync"/> then finishes
    /// what is under way.
    /// </summary>
    public Task<HandoverPeer> HandedOver => _server?.HandedOver ?? s_never;

    public RelayStatistics Statistics => new()
    {
        Connections = _pairs.Count + _traffic.Sessions,
        Accepted = Interlocked.Read(ref _accepted) + _traffic.Accepted,
        SentToBytes = Interlocked.Read(ref _sentToBytes) + _traffic.SentToBytes + _pairs.Sum(pair => pair.Key.SentToBytes),
        SentBackBytes = Interlocked.Read(ref _sentBackBytes) + _traffic.SentBackBytes + _pairs.Sum(pair => pair.Key.SentBackBytes),
        Dropped = _traffic.Dropped,
        DroppedInReceiveBuffer = (_server?.Listeners.Sum(listener => listener.DroppedDatagrams) ?? 0) + _traffic.DroppedInReceiveBuffers,
        CutMessages = _loops.Statistics.Sum(loop => loop.CutMessages),
        BufferedBytes = _loops.Statistics.Sum(loop => loop.BufferedBytes),
    };

    /// <summary>Listens, or begins with the one source there is.</summary>
    /// <exception cref="SocketCallException">An address cannot be listened on.</exception>
    /// <exception cref="NameResolutionException">A name has no address.</exception>
    /// <exception cref="IOException">A certificate, a key or a file cannot be read.</exception>
    /// <exception cref="NotSupportedException">The ends are of different kinds: streams, datagrams and packets each go to their own. Or one of the destinations is what this relay listens on.</exception>
    public static async Task<Relay> StartAsync(RelayOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid(nameof(options));
        RelayKind.RequireOne(options);
        // What runs on these loops is the relay's own code, which waits for nothing: nobody has to watch it.
        LoopGroup? ownLoops = options.Loops is null
            ? new LoopGroup(options: new LoopOptions { Scheduling = LoopScheduling.Inline, StallThreshold = Timeout.InfiniteTimeSpan })
            : null;
        Relay? relay = null;
        try
        {
            relay = new Relay(options with { Loops = options.Loops ?? ownLoops }, ownLoops);
            if (options.From.Kind == RelayEndpointKind.Url)
            {
                relay._server = await Server.StartAsync(relay.Listening(), relay.Handlers(), cancellationToken).ConfigureAwait(false);
                relay._listening.SetResult(relay._server);
            }
            else
            {
                _ = Task.Run(relay.RunSourceAsync, CancellationToken.None);
            }

            return relay;
        }
        catch
        {
            if (relay is not null)
                await relay.DisposeAsync().ConfigureAwait(false);
            else if (ownLoops is not null)
                await ownLoops.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Stops in order: nothing more is accepted, what is under way goes on to its own end. What is not done when the time is over is reset.
    /// </summary>
    /// <returns>How many connections had to be reset.</returns>
    public async Task<int> StopAsync(TimeSpan drainTimeout)
    {
        long start = TimeProvider.System.GetTimestamp();
        EndSource();
        int reset = _server is null ? 0 : await _server.StopAsync(drainTimeout).ConfigureAwait(false);
        int unfinished = await EmptyAsync(TimeLeft.Since(start, drainTimeout)).ConfigureAwait(false);
        reset = Math.Max(reset, unfinished);
        EndConnecting();
        _ended.TrySetResult(reset == 0);
        return reset;
    }

    /// <summary>Resets every connection.</summary>
    public void Abort()
    {
        EndConnecting();
        _server?.Abort();
        foreach ((RelayPair pair, _) in _pairs)
            pair.Abort();
    }

    /// <summary>Stops without waiting for connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        if (_ownLoops is not null)
            await _ownLoops.DisposeAsync().ConfigureAwait(false);
    }

    private void EndConnecting()
    {
        _destination.Stop();
        _messages.Stop();
    }

    private ServerOptions Listening() => new()
    {
        Urls = [_options.From.Url!],
        Loops = _loops,
        MaxConnections = _capacity,
        LimitAdvice = RelayCapacity.Advice(_options, _capacity),
        Listener = new ListenerOptions { Connection = _connection },
        ReadsWhileDraining = true,
        // A handler for whose client a backend is sought holds up the server's stop, and none need ever have room.
        OnReset = EndConnecting,
        BeforeServing = (listeners, cancellationToken) => RelayCycle.RequireNoneAsync(_options, listeners, cancellationToken),
        HandoverPath = _options.HandoverPath,
        OnEvent = _options.OnEvent,
    };

    private IRelayDestination DestinationOf(IReadOnlyList<RelayEndpoint> endpoints, RelaySide side) => endpoints[0].Kind switch
    {
        RelayEndpointKind.Command => new CommandDestination(endpoints[0], _options, _connection),
        RelayEndpointKind.File => new FileDestination(endpoints[0].Argument!, side, _options, _connection, _notices),
        RelayEndpointKind.StandardStreams => new StandardStreams(_connection, _notices),
        _ => new BackendDestination(_options, _connection, _notices),
    };

    private ServerHandlers Handlers() => new()
    {
        Connections = ServeAsync,
        Messages = _messages.ServeAsync,
        Datagrams = new DatagramRelay(_options, _capacity, _traffic, _notices).ServeAsync,
    };
}
