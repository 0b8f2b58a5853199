using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>Makes stream connections.</summary>
public static class Connector
{
    /// <summary>
    /// Connects to the first address of the URL that answers; a name's addresses are tried in order. The query's options are set before.
    /// </summary>
    /// <param name="url">tcp, tcp4, tcp6 or unix, or a connected descriptor (fd).</param>
    /// <param name="options">Time limit, loops, and the connection's own options.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketCallException">No address could be connected to; the last one's error.</exception>
    /// <exception cref="NameResolutionException">The name has no address.</exception>
    /// <exception cref="NotSupportedException">The scheme is not a stream's.</exception>
    public static Task<Connection> ConnectAsync(
        SocketUrl url, ConnectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        options ??= ConnectorOptions.Default;
        options.Connection.ThrowIfInvalid(nameof(options));
        return ConnectAsync(url, options, (options.Loops ?? LoopGroup.Shared).LeastLoaded(), cancellationToken);
    }

    /// <summary>The same on a loop that the caller chooses.</summary>
    internal static async Task<Connection> ConnectAsync(
        SocketUrl url, ConnectorOptions options, EventLoop loop, CancellationToken cancellationToken, IConnectionOwner? owner = null)
    {
        KernelSocket socket = await OpenAsync(url, loop, options.Timeout, cancellationToken).ConfigureAwait(false);
        var connection = new Connection(loop, socket, socket.Scheme, options.Connection, owner);
        owner?.OnCreated(connection);
        connection.Request(ConnectionRequests.Open);
        return connection;
    }

    private static async Task<KernelSocket> OpenAsync(SocketUrl url, EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ListenerSockets.RefuseLinger(url);
        if (url.Scheme == SocketScheme.Fd)
            return Inherited(url);
        if (!url.Scheme.IsTcp() && url.Scheme != SocketScheme.Unix)
            throw new NotSupportedException($"{url}: {url.Scheme.Name()} is not a stream; use tcp, tcp4, tcp6 or unix");

        long start = TimeProvider.System.GetTimestamp();
        SocketCallException? lastFailure = null;
        foreach (ResolvedAddress address in await SocketUrlResolver.ResolveForConnectingAsync(url, cancellationToken).ConfigureAwait(false))
        {
            TimeSpan remaining = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - TimeProvider.System.GetElapsedTime(start);
            if (remaining <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
                break;
            try
            {
                return await TryAddressAsync(url, address, loop, remaining, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketCallException failure)
            {
                lastFailure = failure;
            }
        }

        throw lastFailure ?? new SocketCallException("connect", Errno.ETIMEDOUT, url.ToString());
    }

    private static KernelSocket Inherited(SocketUrl url)
    {
        var socket = KernelSocket.Adopt(url.Descriptor);
        if (socket.PeerAddress is not null && socket.Scheme is SocketScheme.Tcp or SocketScheme.Unix)
        {
            ListenerSockets.Apply(url, socket);
            return socket;
        }

        string kind = socket.ToString();
        socket.Dispose();
        throw new SocketCallException("connect", Errno.ENOTCONN, $"{url}, which is {kind} and no connected stream");
    }

    private static async Task<KernelSocket> TryAddressAsync(
        SocketUrl url, ResolvedAddress address, EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var socket = KernelSocket.Create(address.Address.Family, url.Scheme.SocketType());
        try
        {
            ListenerSockets.Apply(url, socket);
            Errno outcome = socket.Connect(address.Address).Errno;
            if (outcome is Errno.EINPROGRESS)
                outcome = await WaitAsync(loop, socket, timeout, cancellationToken).ConfigureAwait(false);
            if (outcome is Errno.ECANCELED)
                throw new OperationCanceledException(cancellationToken);
            // Unix sockets do not wait in the background: a full queue of the listener says EAGAIN (connect(2)).
            return outcome is Errno.None
                ? socket
                : throw new SocketCallException("connect", outcome, address.Address.Describe(url.Scheme));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Errno> WaitAsync(EventLoop loop, KernelSocket socket, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var operation = new ConnectOperation(loop, socket, timeout);
        operation.Start();
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static operation => ((ConnectOperation)operation!).Cancel(), operation);
        return await operation.Outcome.ConfigureAwait(false);
    }
}
