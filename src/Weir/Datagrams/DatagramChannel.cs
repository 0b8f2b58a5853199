using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// Datagrams of UDP or of a unix socket, in batches. One receive and one flush at a time; receiving and sending go on side by side. The calls
/// are made on the thread that asks for them; a loop tells when to try again.
/// </summary>
public sealed partial class DatagramChannel : IAsyncDisposable, IServedChannel
{
    private readonly DatagramOptions _options;
    private readonly SocketReadiness _readiness;
    private readonly bool _isUdp;
    private long _dropped;

    internal DatagramChannel(EventLoop loop, KernelSocket socket, DatagramOptions options)
    {
        _options = options;
        Socket = socket;
        Scheme = socket.Scheme;
        LocalAddress = socket.LocalAddress;
        PeerAddress = socket.PeerAddress;
        _isUdp = Scheme.IsUdp();
        _joinLimitBytes = _isUdp && options.Offload ? int.MaxValue : 0;
        _tellsNews = !loop.IsLevelTriggered && !IsConnected && !options.TellsErrors;
        _hasControl = _isUdp && (options.ReceivesJoined || options.TellsDestination);
        _readiness = new SocketReadiness(loop, socket) { TellsRoom = _isUdp || IsConnected };
    }

    /// <summary>udp or unixgram.</summary>
    public SocketScheme Scheme { get; }

    public KernelAddress LocalAddress { get; }

    /// <summary>Whom the channel is connected to; null when it is open to everybody.</summary>
    public KernelAddress? PeerAddress { get; }

    public bool IsConnected => PeerAddress is not null;

    /// <summary>Anything the application wants to find again with the channel.</summary>
    public object? Tag { get; set; }

    /// <summary>Datagrams received so far.</summary>
    public long ReceivedCount { get; private set; }

    public long ReceivedBytes { get; private set; }

    /// <summary>Datagrams that the kernel took so far.</summary>
    public long SentCount { get; private set; }

    public long SentBytes { get; private set; }

    /// <summary>Datagrams that the kernel dropped because nobody received them in time and the receive buffer was full; see <c>rcvbuf</c>.</summary>
    public long DroppedDatagrams => Math.Max(Volatile.Read(ref _dropped), _refusesMore ? 0 : Socket.DroppedDatagrams);

    /// <summary>Ends when the descriptor is closed.</summary>
    public Task Closed => _readiness.Closed;

    internal KernelSocket Socket { get; }

    /// <summary>Whether the socket came from elsewhere (fd) and lives on there: it is left as it is.</summary>
    internal bool IsInherited { get; init; }

    internal EventLoop Loop => _readiness.Loop;

    EventLoop IServedChannel.Loop => Loop;

    bool IServedChannel.IsEnding => _isStopping || _readiness.IsClosing;

    /// <summary>Exchanges datagrams with one peer. A unix socket gets a name of the kernel's choice, so that it can be answered.</summary>
    /// <param name="url">udp, udp4, udp6, unixgram, or an inherited datagram socket (fd).</param>
    /// <param name="options">Limits and habits.</param>
    /// <param name="cancellationToken">Ends the resolving of a name.</param>
    /// <exception cref="SocketCallException">No way to the address, or, on unix sockets, nobody is there.</exception>
    /// <exception cref="NotSupportedException">The scheme is not a datagram's, or the query has <c>join=</c>, which is for listening.</exception>
    public static Task<DatagramChannel> ConnectAsync(
        SocketUrl url, DatagramOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        (options ??= DatagramOptions.Default).ThrowIfInvalid(nameof(options));
        return ConnectAsync(url, options, (options.Loops ?? LoopGroup.Shared).LeastLoaded(), cancellationToken);
    }

    /// <summary>The same on a loop that the caller chooses.</summary>
    internal static async Task<DatagramChannel> ConnectAsync(
        SocketUrl url, DatagramOptions options, EventLoop loop, CancellationToken cancellationToken = default)
    {
        DatagramSockets.RefuseJoin(url);
        KernelSocket socket = url.Scheme == SocketScheme.Fd
            ? Inherited(url, options)
            : await DatagramSockets.ConnectAsync(RequireDatagrams(url), options, cancellationToken).ConfigureAwait(false);
        return Open(url, socket, options, loop);
    }

    /// <summary>Exchanges datagrams with everybody, from the first address of the URL. A multicast address is bound to and joined.</summary>
    /// <param name="url">udp, udp4, udp6, unixgram, or an inherited datagram socket (fd). <c>join=</c> in the query names a group.</param>
    /// <param name="options">Limits and habits.</param>
    /// <param name="cancellationToken">Ends the resolving of a name.</param>
    /// <exception cref="SocketCallException">The address cannot be bound to.</exception>
    /// <exception cref="NotSupportedException">The scheme is not a datagram's.</exception>
    public static async Task<DatagramChannel> BindAsync(
        SocketUrl url, DatagramOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        (options ??= DatagramOptions.Default).ThrowIfInvalid(nameof(options));
        if (url.Scheme == SocketScheme.Fd)
        {
            KernelSocket inherited = Inherited(url, options);
            DatagramSockets.JoinGroupsOfInherited(url, inherited);
            return Open(url, inherited, options, (options.Loops ?? LoopGroup.Shared).LeastLoaded());
        }

        List<KernelSocket> sockets = await ListenerSockets.OpenAsync(RequireDatagrams(url), perAddress: 1, cancellationToken).ConfigureAwait(false);
        foreach (KernelSocket further in sockets.Skip(1))
            further.Dispose();
        DatagramSockets.Prepare(sockets[0], options);
        return Open(url, sockets[0], options, (options.Loops ?? LoopGroup.Shared).LeastLoaded());
    }

    /// <summary>Receives what is sent to the group as well.</summary>
    /// <param name="group">A multicast address of the channel's family; its port does not matter.</param>
    /// <param name="interfaceIndex">Where to listen; 0 lets the routing table choose.</param>
    /// <exception cref="SocketCallException">EINVAL: no multicast address; ENODEV: no interface; EADDRINUSE: joined already.</exception>
    public void JoinGroup(in KernelAddress group, uint interfaceIndex = 0) => Socket.JoinGroup(group, interfaceIndex);

    /// <summary>Ends <see cref="JoinGroup"/>.</summary>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: the group was not joined on that interface.</exception>
    public void LeaveGroup(in KernelAddress group, uint interfaceIndex = 0) => Socket.LeaveGroup(group, interfaceIndex);

    /// <summary>Ends what waits and closes the socket; what has arrived and is not received is lost. From any thread.</summary>
    public Task CloseAsync()
    {
        // A closed socket cannot be asked any more.
        Volatile.Write(ref _dropped, DroppedDatagrams);
        return _readiness.CloseAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    public override string ToString() => LocalAddress.Describe(Scheme);

    internal void Start() => _readiness.Start();

    private static DatagramChannel Open(SocketUrl url, KernelSocket socket, DatagramOptions options, EventLoop loop)
    {
        var channel = new DatagramChannel(loop, socket, options) { IsInherited = url.Scheme == SocketScheme.Fd };
        channel.Start();
        return channel;
    }

    private static KernelSocket Inherited(SocketUrl url, DatagramOptions options)
    {
        var socket = KernelSocket.Adopt(url.Descriptor);
        if (!socket.Scheme.IsDatagram())
        {
            string kind = socket.ToString();
            socket.Dispose();
            throw new SocketCallException("receive", Errno.EOPNOTSUPP, $"{url}, which is {kind} and no datagram socket");
        }

        ListenerSockets.Apply(url, socket);
        DatagramSockets.Prepare(socket, options);
        return socket;
    }

    private static SocketUrl RequireDatagrams(SocketUrl url) => url.Scheme.IsDatagram()
        ? url
        : throw new NotSupportedException($"{url}: {url.Scheme.Name()} has no datagrams; use udp, udp4, udp6 or unixgram");
}
