using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>An endpoint that is listened on. What the loops accept waits here until the server takes it.</summary>
internal sealed class WeirListener : ContextOwner, IConnectionListener, IListenerOwner
{
    // Beyond these, connections wait in the kernel.
    private const int MaxWaiting = 512;

    private readonly Channel<WeirConnection> _accepted =
        Channel.CreateUnbounded<WeirConnection>(new UnboundedChannelOptions { SingleReader = true });

    private Listener? _listener;
    private EndPoint? _onlyLocal;
    private bool _setsNoDelay;
    private int _waiting;
    private Task? _closing;

    private WeirListener(TransportLoops loops, EndPoint endPoint)
        : base(loops) => EndPoint = endPoint;

    /// <summary>With the port that the kernel chose, when it was 0.</summary>
    public EndPoint EndPoint { get; private set; }

    public static async Task<WeirListener> BindAsync(EndPoint endPoint, TransportLoops loops, CancellationToken cancellationToken)
    {
        SocketUrl url = loops.Options.Complete(EndPoints.ToListeningUrl(endPoint), isListening: true);
        var listener = new WeirListener(loops, endPoint);
        var options = new ListenerOptions { Connection = loops.ConnectionOptions };
        Listener bound = await Listener.BindAsync(url, loops.Group, options, listener, cancellationToken).ConfigureAwait(false);
        if (!bound.Scheme.IsTcp() && bound.Scheme != SocketScheme.Unix)
        {
            await bound.CloseAsync().ConfigureAwait(false);
            throw new NotSupportedException($"{endPoint} is {bound}, which has no stream connections.");
        }

        listener._listener = bound;
        listener.EndPoint = EndPoints.Bound(endPoint, bound);
        listener._onlyLocal = EndPoints.IsWildcard(bound) ? null : EndPoints.FromKernel(bound.LocalAddress);
        // A URL says it to the listener, from which accepted sockets have it.
        listener._setsNoDelay = url.Scheme == SocketScheme.Fd && bound.Scheme.IsTcp() && loops.Options.NoDelay;
        bound.Start();
        return listener;
    }

    /// <summary>The next connection; null when the listener is unbound and nothing waits any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_accepted.Reader.TryRead(out WeirConnection? connection))
                continue;
            ReturnPlace();
            return connection;
        }

        return null;
    }

    /// <summary>Takes what waits in the kernel's queue, and nothing after that.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closing, begun.Task, null) is { } closing)
        {
            await closing.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await _listener!.CloseAsync().ConfigureAwait(false);
        _accepted.Writer.TryComplete();
        begun.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        // Nobody takes these any more.
        while (_accepted.Reader.TryRead(out WeirConnection? connection))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public bool HasManyPlaces => Volatile.Read(ref _waiting) < MaxWaiting / 2;

    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _waiting) <= MaxWaiting)
            return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    public void ReturnPlace()
    {
        Interlocked.Decrement(ref _waiting);
        _listener!.ResumeIfPaused();
    }

    public override void OnCreated(Connection connection)
    {
        EndPoint? local = _onlyLocal ?? EndPoints.FromKernel(connection.LocalAddress);
        connection.Tag = new WeirConnection(connection, Loops, local, EndPoints.FromKernel(connection.PeerAddress));
        if (_setsNoDelay)
            connection.Socket.TrySet(SocketOptions.NoDelay, value: true);
    }

    public override void OnOpened(Connection connection)
    {
        // Disposing takes out what is there; who comes after that is closed here.
        if (!_accepted.Writer.TryWrite(Of(connection)))
            connection.Abort();
    }

    public override void OnOpenFailed(Connection connection, SocketCallException failure)
    {
        ReturnPlace();
        base.OnOpenFailed(connection, failure);
    }

    public void OnAccepted(MessageChannel channel) => throw new NotSupportedException("Only streams are listened on.");

    public void OnBound(DatagramChannel channel) => throw new NotSupportedException("Only streams are listened on.");

    public void OnExhausted(Listener listener, Errno errno) => TransportLog.AcceptPaused(
        Loops.Log,
        listener.ToString(),
        errno.ToString(),
        errno is Errno.EMFILE or Errno.ENFILE ? "connections wait in the kernel's queue; raise 'ulimit -n'" : "it is tried again");
}
