using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// A connection that keeps the boundaries of messages, and carries descriptors and credentials with them: unix sequenced packets. One
/// receive and one send at a time; the two go on side by side.
/// </summary>
public sealed partial class MessageChannel : IAsyncDisposable, IServedChannel
{
    private readonly MessageOptions _options;
    private readonly SocketReadiness _readiness;

    internal MessageChannel(EventLoop loop, KernelSocket socket, MessageOptions options)
    {
        _options = options;
        Socket = socket;
        _readiness = new SocketReadiness(loop, socket);
    }

    /// <summary>Anything the application wants to find again with the channel.</summary>
    public object? Tag { get; set; }

    /// <summary>Our end's address.</summary>
    /// <exception cref="SocketCallException">EBADF: the channel is closed.</exception>
    public KernelAddress LocalAddress => Socket.LocalAddress;

    /// <summary>The peer's address, which mostly has no name; null when it has gone.</summary>
    public KernelAddress? PeerAddress => Socket.PeerAddress;

    /// <summary>Who connected, or listened, at the time it did.</summary>
    public ProcessCredentials? PeerCredentials => Socket.PeerCredentials;

    public long ReceivedMessages { get; private set; }

    public long ReceivedBytes { get; private set; }

    public long SentMessages { get; private set; }

    public long SentBytes { get; private set; }

    /// <summary>Ends when the descriptor is closed.</summary>
    public Task Closed => _readiness.Closed;

    internal EventLoop Loop => _readiness.Loop;

    EventLoop IServedChannel.Loop => Loop;

    bool IServedChannel.IsEnding => _readiness.IsClosing;

    internal KernelSocket Socket { get; }

    /// <summary>Connects to a listener.</summary>
    /// <param name="url">unixpacket, or a connected descriptor (fd).</param>
    /// <param name="options">Limits and habits.</param>
    /// <param name="cancellationToken">Not waited for: a unix socket connects at once or says why not.</param>
    /// <exception cref="SocketCallException">ECONNREFUSED, ENOENT: nobody listens; EAGAIN: the listener's queue is full.</exception>
    /// <exception cref="NotSupportedException">The scheme has no message connections.</exception>
    public static Task<MessageChannel> ConnectAsync(
        SocketUrl url, MessageOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        (options ??= MessageOptions.Default).ThrowIfInvalid(nameof(options));
        return ConnectAsync(url, options, (options.Loops ?? LoopGroup.Shared).LeastLoaded(), cancellationToken);
    }

    /// <summary>The same on a loop that the caller chooses.</summary>
    internal static async Task<MessageChannel> ConnectAsync(
        SocketUrl url, MessageOptions options, EventLoop loop, CancellationToken cancellationToken = default)
    {
        KernelSocket socket = url.Scheme == SocketScheme.Fd ? Inherited(url) : await OpenAsync(url, cancellationToken).ConfigureAwait(false);
        var channel = new MessageChannel(loop, socket, options);
        channel.Start();
        return channel;
    }

    /// <summary>The peer sees the end after what was sent; receiving goes on. From any thread.</summary>
    public void FinishSending() => Socket.Shutdown(SHUT_WR);

    /// <summary>Takes no more: what has arrived by now is still received, then comes the end; the peer's sends are refused. From any thread.</summary>
    public void StopReading()
    {
        Socket.Shutdown(SHUT_RD);
        _readiness.Input.Set();
    }

    /// <summary>Closes the socket; what was sent still reaches the peer, what has arrived and is not received is lost. From any thread.</summary>
    public Task CloseAsync()
    {
        _message.CloseDescriptors();
        return _readiness.CloseAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    public override string ToString() => $"unixpacket channel ({Socket.Fd})";

    internal void Start()
    {
        // Set when it is connected: before, the kernel would give the socket a name (unix(7), autobind).
        Socket.TrySet(SocketOptions.PassCredentials, value: true);
        _readiness.Start();
        StartIdleTimer();
    }

    private static async Task<KernelSocket> OpenAsync(SocketUrl url, CancellationToken cancellationToken)
    {
        if (url.Scheme != SocketScheme.UnixPacket)
            throw new NotSupportedException($"{url}: {url.Scheme.Name()} has no message connections; use unixpacket");
        IReadOnlyList<ResolvedAddress> addresses = await SocketUrlResolver.ResolveForConnectingAsync(url, cancellationToken).ConfigureAwait(false);
        var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        try
        {
            ListenerSockets.Apply(url, socket);
            socket.Connect(addresses[0].Address, TimeSpan.Zero);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static KernelSocket Inherited(SocketUrl url)
    {
        var socket = KernelSocket.Adopt(url.Descriptor);
        if (socket is { Scheme: SocketScheme.UnixPacket, PeerAddress: not null })
            return socket;
        string kind = socket.ToString();
        socket.Dispose();
        throw new SocketCallException("connect", Errno.ENOTCONN, $"{url}, which is {kind} and no connected unixpacket socket");
    }
}
