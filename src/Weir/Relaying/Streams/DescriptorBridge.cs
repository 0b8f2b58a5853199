using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// Makes a connection of what is no socket: standard input and output, a file, a child's pipes, a terminal. Two threads of its own copy
/// between the descriptors, which may block, and a pair of sockets, so that no loop ever waits for a disk or a person.
/// </summary>
internal sealed class DescriptorBridge
{
    private const int CopyBytes = 64 * 1024;
    private const int StackBytes = 256 * 1024;

    private readonly SafeFd? _source;
    private readonly SafeFd? _sink;
    private readonly SafeFd _socket;
    private readonly ReadOnlyMemory<byte> _endMark;
    private readonly TaskCompletionSource<Errno> _sourceEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Errno> _sinkEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _copying = 2;

    private DescriptorBridge(SafeFd? source, SafeFd? sink, SafeFd socket, Connection connection, ReadOnlyMemory<byte> endMark)
    {
        (_source, _sink, _socket, _endMark, Connection) = (source, sink, socket, endMark, connection);
        if (source is not null)
            Start(() => EndSource(source, Copy(source, _socket)), () => EndSource(source, Errno.EAGAIN), "weir bridge in");
        Start(() => EndSink(CopySink()), () => EndSink(Errno.EAGAIN), "weir bridge out");
    }

    /// <summary>Reads what the source has, and writes to the sink.</summary>
    public Connection Connection { get; }

    /// <summary>Ends when the source has ended, with the error that ended it.</summary>
    public Task<Errno> SourceEnded => _sourceEnded.Task;

    /// <summary>Ends when everything is written and the sink is closed, with the error when it could not be.</summary>
    public Task<Errno> SinkEnded => _sinkEnded.Task;

    /// <param name="source">What is read, the bridge's own from now on; null when there is nothing: then the input ends after the output.</param>
    /// <param name="sink">What is written to, the bridge's own as well; null throws away.</param>
    /// <param name="loop">Where the connection lives.</param>
    /// <param name="options">The connection's.</param>
    /// <param name="endMark">What is written at the end instead of closing the sink, for terminals, which have no half-close.</param>
    /// <exception cref="SocketCallException">No descriptors are left; source and sink are closed.</exception>
    public static DescriptorBridge Start(
        SafeFd? source, SafeFd? sink, EventLoop loop, ConnectionOptions options, ReadOnlyMemory<byte> endMark = default)
    {
        SysResult created = Sys.SocketPair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, protocol: 0, out int ours, out int theirs);
        if (!created.IsOk)
        {
            source?.Dispose();
            sink?.Dispose();
            throw new SocketCallException("socketpair", created.Errno);
        }

        var connection = new Connection(loop, KernelSocket.Adopt(theirs), SocketScheme.Unix, options, owner: null);
        connection.Request(ConnectionRequests.Open);
        return new DescriptorBridge(source, sink, new SafeFd(ours), connection, endMark);
    }

    private static void Start(ThreadStart copy, Action cannot, string name)
    {
        try
        {
            new Thread(copy, StackBytes) { Name = name, IsBackground = true }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // So .NET says that the kernel has no thread left (pthread_create(3), EAGAIN).
            cannot();
        }
    }

    private void EndSource(SafeFd source, Errno failed)
    {
        source.Dispose();
        EndInput(failed);
    }

    private Errno CopySink()
    {
        Errno failed = Copy(_socket, _sink);
        return failed is Errno.None && _sink is not null && !_endMark.IsEmpty ? WriteAll(_sink, _endMark.Span) : failed;
    }

    private void EndSink(Errno failed)
    {
        _sink?.Dispose();
        // Nobody takes the rest: whoever sends it learns that now.
        Sys.Shutdown(_socket.Number, SHUT_RD);
        _sinkEnded.TrySetResult(failed);
        LeaveSocket();
        if (_source is null)
            EndInput(Errno.None);
    }

    private void EndInput(Errno failed)
    {
        Sys.Shutdown(_socket.Number, SHUT_WR);
        _sourceEnded.TrySetResult(failed);
        LeaveSocket();
    }

    private void LeaveSocket()
    {
        if (Interlocked.Decrement(ref _copying) == 0)
            _socket.Dispose();
    }

    private static Errno Copy(SafeFd from, SafeFd? to)
    {
        byte[] buffer = new byte[CopyBytes];
        while (true)
        {
            SysResult read = Sys.Read(from.Number, buffer);
            if (read is { IsOk: true, Value: 0 })
                return Errno.None;
            if (!read.IsOk && !GoesOn(from, read.Errno, POLLIN))
                return read.Errno;
            if (read.IsOk && to is not null && WriteAll(to, buffer.AsSpan(0, read.Value)) is var failed and not Errno.None)
                return failed;
        }
    }

    private static Errno WriteAll(SafeFd to, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            SysResult written = Sys.Write(to.Number, rest);
            if (written.IsOk)
                rest = rest[written.Value..];
            else if (!GoesOn(to, written.Errno, POLLOUT))
                return written.Errno;
        }

        return Errno.None;
    }

    // Whoever shares the terminal or the pipe may have made it non-blocking.
    private static bool GoesOn(SafeFd fd, Errno errno, short events)
    {
        if (errno is Errno.EAGAIN)
            Sys.Poll([new pollfd { fd = fd.Number, events = events }], Timeout.InfiniteTimeSpan);
        return errno is Errno.EAGAIN or Errno.EINTR;
    }
}
