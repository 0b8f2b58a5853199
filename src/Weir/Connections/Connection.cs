using System.IO.Pipelines;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// A stream connection: a reader and a writer over one socket. Two owners: the loop owns receiving and the connection's life;
/// whoever flushes owns sending, through the writer's gate.
/// </summary>
public sealed partial class Connection : IDuplexPipe, IAsyncDisposable
{
    internal Connection(EventLoop loop, KernelSocket socket, SocketScheme scheme, ConnectionOptions options, IConnectionOwner? owner)
    {
        _isTcp = scheme.IsTcp();
        _readsUntilEmpty = !_isTcp;
        Loop = loop;
        Socket = socket;
        _fd = socket.Fd.Number;
        Options = options;
        Owner = owner;
        loop.Counters.AddConnection();
        Input = new ConnectionReader(this);
        Output = new ConnectionWriter(this);
    }

    private readonly bool _isTcp;

    // For calls on the loop's own thread, which is the one that closes the socket: the way through its objects costs as much as a cache miss.
    private readonly int _fd;
    private long _sendTurn;
    private int _sentInTurn;

    /// <summary>What the peer sends.</summary>
    public ConnectionReader Input { get; }

    /// <summary>What the peer gets.</summary>
    public ConnectionWriter Output { get; }

    PipeReader IDuplexPipe.Input => Input;

    PipeWriter IDuplexPipe.Output => Output;

    /// <summary>Anything the application wants to find again with the connection.</summary>
    public object? Tag { get; set; }

    /// <summary>The error that ended the connection, None while there was none.</summary>
    public Errno Fault { get; private set; }

    public long ReceivedBytes { get; private set; }

    public long SentBytes { get; private set; }

    /// <summary>Our end's address.</summary>
    /// <exception cref="SocketCallException">EBADF: the connection is closed.</exception>
    public KernelAddress LocalAddress => Socket.LocalAddress;

    /// <summary>The peer's address; null once the connection is reset.</summary>
    /// <exception cref="SocketCallException">EBADF: the connection is closed.</exception>
    public KernelAddress? PeerAddress => Socket.PeerAddress;

    /// <summary>Who is at the other end of a unix socket; null on TCP.</summary>
    public ProcessCredentials? PeerCredentials => Socket.PeerCredentials;

    /// <summary>What the kernel knows about the path, the losses and the bottleneck; null on unix sockets.</summary>
    public TcpInfo? Info => Socket.Info;

    /// <summary>Every place a byte of this connection can wait in on this machine.</summary>
    public ConnectionQueues Queues => new() { Kernel = Socket.Queues, UnreadBytes = Input.BufferedBytes, UnsentBytes = Output.QueuedBytes };

    internal EventLoop Loop { get; }

    internal IConnectionOwner? Owner { get; }

    internal KernelSocket Socket { get; }

    internal ConnectionOptions Options { get; }

    /// <summary>Completes reader and writer, which nobody may use any more, and closes as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        Input.Complete();
        Output.Complete();
        await CloseAsync().ConfigureAwait(false);
    }

    internal void CountSent(int bytes)
    {
        SentBytes += bytes;
        if (Loop.IsCurrent)
        {
            _timer?.LastSentMs = Loop.NowMs;
            Loop.Counters.SentByLoop += bytes;
            _sentInTurn = _sendTurn == Loop.Counters.Turns ? _sentInTurn + bytes : bytes;
            _sendTurn = Loop.Counters.Turns;
            return;
        }

        Loop.Counters.AddSentByOther(bytes);
    }

    /// <summary>Whether this connection has sent so much on the loop's thread that others come first.</summary>
    internal bool HasHadItsShare => _sentInTurn >= Loop.Options.BytesPerTurn && Loop.IsCurrent;

    internal Exception FaultException(Errno errno) => Owner?.FaultOf(this, errno) ?? new SocketCallException("recv", errno);

    internal void SetFault(Errno errno)
    {
        if (Fault == Errno.None)
            Fault = errno;
    }
}

/// <summary>Whom a connection tells about its life. Calls come on the connection's loop, unless said otherwise.</summary>
internal interface IConnectionOwner
{
    /// <summary>The connection is there, and nothing has happened on it yet. On the thread that made it.</summary>
    void OnCreated(Connection connection);

    /// <summary>The connection is attached to its loop, and the owner's to serve.</summary>
    void OnOpened(Connection connection);

    /// <summary>The connection could not be set up; <see cref="OnClosed"/> follows.</summary>
    void OnOpenFailed(Connection connection, SocketCallException failure);

    /// <summary>Nothing more will be received: the peer has finished, or the connection has an error. Not when the connection was closed before.</summary>
    void OnInputEnded(Connection connection)
    {
    }

    /// <summary>The reader is full and receiving stops; <see cref="OnResumed"/> follows, unless the connection ends.</summary>
    void OnPaused(Connection connection)
    {
    }

    /// <summary>The reader has made room, and receiving goes on.</summary>
    void OnResumed(Connection connection)
    {
    }

    /// <summary>Everything that was written has left, and our end of the stream after it.</summary>
    void OnOutputEnded(Connection connection)
    {
    }

    /// <summary>The descriptor is closed, nothing more will happen.</summary>
    void OnClosed(Connection connection);

    /// <summary>What a read throws on a connection that an error has ended. On the reader's thread.</summary>
    Exception FaultOf(Connection connection, Errno errno) => new SocketCallException("recv", errno);
}

/// <summary>An owner that serves connections by a handler (<see cref="Connection.StartHandler"/>).</summary>
internal interface IHandlerOwner : IConnectionOwner
{
    /// <summary>Serves the connection; when the task ends, the connection is closed.</summary>
    Task HandleAsync(Connection connection);

    /// <summary>The handler threw. On the handler's thread.</summary>
    void OnHandlerFailed(Connection connection, Exception exception);
}

/// <summary>Bytes that wait on the way through a connection.</summary>
public readonly record struct ConnectionQueues
{
    /// <summary>In the kernel's buffers.</summary>
    public SocketQueues Kernel { get; init; }

    /// <summary>Received and not yet consumed by the reader.</summary>
    public long UnreadBytes { get; init; }

    /// <summary>Flushed, and not yet taken by the kernel.</summary>
    public long UnsentBytes { get; init; }
}
