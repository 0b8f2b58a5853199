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

    void OnAccepted(Connection connection);

    void OnExhausted(Listener listener, Errno errno);
}

/// <summary>The listening sockets of one URL, on one or more loops.</summary>
public sealed class Listener : IAcceptorOwner, IHandoverSource
{
    private readonly LoopGroup _loops;
    private readonly ListenerOptions _options;
    private readonly IListenerOwner _owner;
    private readonly Acceptor[] _acceptors;
    private readonly bool _distributes;
    private ulong _pathInode;

    private Listener(
        SocketUrl url, List<KernelSocket> sockets, ulong pathInode, LoopGroup loops, ListenerOptions options, IListenerOwner owner)
    {
        Url = url;
        _loops = loops;
        _options = options;
        _owner = owner;
        // A process that handed its sockets over may have had fewer loops.
        _distributes = loops.Count > 1 && (options.SingleAcceptor || !url.Scheme.IsTcp() || sockets.Count < loops.Count);
        LocalAddress = sockets[0].LocalAddress;
        Scheme = url.Scheme == SocketScheme.Fd ? sockets[0].Scheme : url.Scheme;
        _pathInode = pathInode;
        _acceptors = [.. sockets.Select((socket, i) => new Acceptor(loops.Loops[i % loops.Count], socket, this))];
    }

    /// <summary>What was asked for.</summary>
    public SocketUrl Url { get; }

    public SocketScheme Scheme { get; }

    /// <summary>The first address that is listened on; its port is the one the kernel chose when the URL had 0.</summary>
    public KernelAddress LocalAddress { get; }

    bool IAcceptorOwner.TryTakePlace() => _owner.TryTakePlace();

    void IAcceptorOwner.ReturnPlace() => _owner.ReturnPlace();

    /// <summary>Binds and listens; connections wait in the kernel until <see cref="Start"/>.</summary>
    internal static async Task<Listener> BindAsync(
        SocketUrl url, LoopGroup loops, ListenerOptions options, IListenerOwner owner, CancellationToken cancellationToken)
    {
        int perAddress = options.SingleAcceptor ? 1 : loops.Count;
        List<KernelSocket> sockets = await ListenerSockets.OpenAsync(url, perAddress, cancellationToken).ConfigureAwait(false);
        ulong pathInode = url.Scheme == SocketScheme.Unix ? UnixPath.Inode(sockets[0].LocalAddress) : 0;
        return new Listener(url, sockets, pathInode, loops, options, owner);
    }

    /// <summary>Goes on with another process's sockets.</summary>
    internal static Listener Adopt(SocketUrl url, HandoverSockets inherited, LoopGroup loops, ListenerOptions options, IListenerOwner owner) =>
        new(url, inherited.Sockets, inherited.PathInode, loops, options, owner);

    public override string ToString() => LocalAddress.Describe(Scheme);

    internal void Start()
    {
        foreach (Acceptor acceptor in _acceptors)
            acceptor.Resume();
    }

    /// <summary>A connection has closed: those that paused look again.</summary>
    internal void ResumeIfPaused()
    {
        foreach (Acceptor acceptor in _acceptors)
            acceptor.ResumeIfPaused();
    }

    /// <summary>Takes what waits in the accept queues, closes the sockets and removes the path.</summary>
    internal async Task CloseAsync()
    {
        // The path goes first: who comes now is refused, instead of waiting for an accept that never comes.
        UnixPath.Remove(LocalAddress, _pathInode);
        await Task.WhenAll(_acceptors.Select(acceptor => acceptor.CloseAsync())).ConfigureAwait(false);
    }

    HandoverSockets IHandoverSource.Offer() => new(Url.ToString(), _pathInode, [.. _acceptors.Select(acceptor => acceptor.Socket)]);

    Task IHandoverSource.ReleaseAsync()
    {
        _pathInode = 0;
        return Task.WhenAll(_acceptors.Select(acceptor => acceptor.ReleaseAsync()));
    }

    void IAcceptorOwner.OnAccepted(Acceptor acceptor, KernelSocket socket)
    {
        EventLoop loop = _distributes ? _loops.LeastLoaded() : acceptor.Loop;
        var connection = new Connection(loop, socket, Scheme, _options.Connection, _owner);
        _owner.OnAccepted(connection);
        if (loop.IsCurrent)
            connection.Open();
        else
            connection.Request(ConnectionRequests.Open);
    }

    void IAcceptorOwner.OnExhausted(Acceptor acceptor, Errno errno) => _owner.OnExhausted(this, errno);
}
