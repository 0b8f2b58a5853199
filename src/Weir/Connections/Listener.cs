using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>What a listener does for its owner. Calls come on loops.</summary>
internal interface IListenerOwner : IConnectionOwner
{
    /// <summary>Takes one of the places that there are for connections, before accept(2); false when none is free.</summary>
    bool TryTakePlace();

    /// <summary>Gives back a place that no connection came for. Those that found none look again.</summary>
    void ReturnPlace();

    /// <summary>Whether there are so many places that the kernel may accept on its own.</summary>
    bool HasManyPlaces { get; }

    void OnAccepted(MessageChannel channel);

    void OnBound(DatagramChannel channel);

    void OnExhausted(Listener listener, Errno errno);
}

/// <summary>The listening sockets of one URL, on one or more loops.</summary>
public sealed class Listener : IAcceptorOwner, IHandoverSource
{
    private readonly LoopGroup _loops;
    private readonly ListenerOptions _options;
    private readonly IListenerOwner _owner;
    private readonly Acceptor[] _acceptors = [];
    private readonly DatagramChannel[] _datagrams = [];
    private readonly bool _distributes;
    private ulong _pathInode;
    private bool _isStarted;

    private Listener(
        SocketUrl url, List<KernelSocket> sockets, ulong pathInode, LoopGroup loops, ListenerOptions options, IListenerOwner owner)
    {
        Url = url;
        _loops = loops;
        _options = options;
        _owner = owner;
        // A process that handed its sockets over may have had fewer loops.
        _distributes = loops.Count > 1 && (options.SingleAcceptor || !url.Scheme.IsTcp() || sockets.Count < loops.Count);
        LocalAddresses = [.. sockets.Select(socket => socket.LocalAddress).Distinct()];
        Scheme = url.Scheme == SocketScheme.Fd ? sockets[0].Scheme : url.Scheme;
        _pathInode = pathInode;
        if (Scheme.IsDatagram())
            _datagrams = [.. sockets.Select((socket, i) => OpenDatagrams(socket, sockets.Count == 1 ? loops.LeastLoaded() : loops.Loops[i % loops.Count]))];
        else
            _acceptors = [.. sockets.Select((socket, i) => new Acceptor(loops.Loops[i % loops.Count], socket, this))];
    }

    /// <summary>What was asked for.</summary>
    public SocketUrl Url { get; }

    public SocketScheme Scheme { get; }

    /// <summary>The first address that is listened on; its port is the one the kernel chose when the URL had 0.</summary>
    public KernelAddress LocalAddress => LocalAddresses[0];

    /// <summary>Every address that is listened on: a name may have several.</summary>
    public IReadOnlyList<KernelAddress> LocalAddresses { get; }

    /// <summary>Datagrams that the kernel dropped because nobody received them in time; 0 for connections.</summary>
    public long DroppedDatagrams => _datagrams.Sum(channel => channel.DroppedDatagrams);

    bool IAcceptorOwner.HasManyPlaces => _owner.HasManyPlaces;

    bool IAcceptorOwner.TryTakePlace() => _owner.TryTakePlace();

    void IAcceptorOwner.ReturnPlace() => _owner.ReturnPlace();

    /// <summary>Binds and listens; connections wait in the kernel until <see cref="Start"/>.</summary>
    internal static async Task<Listener> BindAsync(
        SocketUrl url, LoopGroup loops, ListenerOptions options, IListenerOwner owner, CancellationToken cancellationToken)
    {
        int perAddress = options.SingleAcceptor ? 1 : loops.Count;
        List<KernelSocket> sockets = await ListenerSockets.OpenAsync(url, perAddress, cancellationToken).ConfigureAwait(false);
        ulong pathInode = url.Scheme.IsUnix() ? UnixPath.Inode(sockets[0].LocalAddress) : 0;
        return new Listener(url, sockets, pathInode, loops, options, owner);
    }

    /// <summary>Goes on with another process's sockets.</summary>
    internal static Listener Adopt(SocketUrl url, HandoverSockets inherited, LoopGroup loops, ListenerOptions options, IListenerOwner owner) =>
        new(url, inherited.Sockets, inherited.PathInode, loops, options, owner);

    public override string ToString() => LocalAddress.Describe(Scheme);

    internal void Start()
    {
        _isStarted = true;
        foreach (Acceptor acceptor in _acceptors)
            acceptor.Resume();
        foreach (DatagramChannel channel in _datagrams)
            _owner.OnBound(channel);
    }

    /// <summary>A connection has closed: those that paused look again.</summary>
    internal void ResumeIfPaused()
    {
        foreach (Acceptor acceptor in _acceptors)
            acceptor.ResumeIfPaused();
    }

    /// <summary>
    /// Takes what waits in the accept queues, closes the listening sockets and removes the path. While connections or descriptors are at their
    /// limit and somebody waits, that takes until others have closed. Datagram channels are told to stop reading; their handlers end when they have received
    /// what had arrived.
    /// </summary>
    internal async Task CloseAsync()
    {
        // The path goes first: who comes now is refused, instead of waiting for an accept that never comes. Only once: the next file there may
        // be somebody else's and have the same number.
        UnixPath.Remove(LocalAddress, Interlocked.Exchange(ref _pathInode, 0));
        await Task.WhenAll(
            [.. _acceptors.Select(acceptor => acceptor.CloseAsync()), .. EndDatagrams(channel => channel.StopReading())]).ConfigureAwait(false);
    }

    /// <summary>A close no longer waits for room for what is in the accept queues.</summary>
    internal void LeaveQueues() => Array.ForEach(_acceptors, acceptor => acceptor.LeaveQueue());

    HandoverSockets IHandoverSource.Offer() => new(
        Url.ToString(),
        _pathInode,
        [.. _acceptors.Select(acceptor => acceptor.Socket), .. _datagrams.Select(channel => channel.Socket)]);

    Task IHandoverSource.ReleaseAsync()
    {
        _pathInode = 0;
        // What waits in their queues is the new process's, who has the same queues.
        return Task.WhenAll(
            [.. _acceptors.Select(acceptor => acceptor.ReleaseAsync()), .. EndDatagrams(channel => channel.StopReadingAndLeave())]);
    }

    void IAcceptorOwner.OnAccepted(Acceptor acceptor, KernelSocket socket)
    {
        EventLoop loop = _distributes ? _loops.LeastLoaded() : acceptor.Loop;
        if (Scheme == SocketScheme.UnixPacket)
        {
            var channel = new MessageChannel(loop, socket, _options.Messages);
            _owner.OnAccepted(channel);
            return;
        }

        var connection = new Connection(loop, socket, Scheme, _options.Connection, _owner);
        _owner.OnCreated(connection);
        if (loop.IsCurrent)
            connection.Open();
        else
            connection.Request(ConnectionRequests.Open);
    }

    void IAcceptorOwner.OnExhausted(Acceptor acceptor, Errno errno) => _owner.OnExhausted(this, errno);

    // A channel that was never started has no handler that would close it.
    private IEnumerable<Task> EndDatagrams(Action<DatagramChannel> end)
    {
        if (!_isStarted)
            return _datagrams.Select(channel => channel.CloseAsync());
        Array.ForEach(_datagrams, end);
        return [];
    }

    private DatagramChannel OpenDatagrams(KernelSocket socket, EventLoop loop)
    {
        // A server that is bound to every address answers from the one that it was asked at.
        bool isWildcard = LocalAddress.IsIP && !LocalAddress.AddressBytes.ContainsAnyExcept((byte)0);
        DatagramOptions asked = _options.Datagrams;
        DatagramOptions options = asked with
        {
            TellsDestination = asked.TellsDestination || isWildcard,
            // A peer that has gone is no failure of a server.
            OnError = asked.OnError ?? (static _ => { }),
        };
        DatagramSockets.Prepare(socket, options);
        return new DatagramChannel(loop, socket, options) { IsInherited = Url.Scheme == SocketScheme.Fd };
    }
}
