using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Loops;

/// <summary>
/// A loop on a readiness poller. It tries a call first and waits when the kernel says EAGAIN, so that above it everything completes, as on
/// a completion engine. Connections are watched edge-triggered, once, for both directions.
/// </summary>
internal sealed class PollLoop : EventLoop, IReadySource
{
    private const PollEvents StreamInterest = PollEvents.Readable | PollEvents.Priority | PollEvents.Writable | PollEvents.PeerFinished;

    private readonly IPoller _poller;
    private readonly SafeFd _wakeUp;
    private readonly ReadySourceTable _sources = new();
    private readonly ReadyEvent[] _ready;

    public PollLoop(string name, LoopOptions options, IPoller poller)
        : base(name, options)
    {
        _poller = poller;
        _ready = new ReadyEvent[options.EventsPerTurn];
        SysResult eventFd = Sys.EventFd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (!eventFd.IsOk)
            throw new SocketCallException("eventfd", eventFd.Errno);
        _wakeUp = new SafeFd(eventFd.Value);
        Watch(this, _wakeUp.Number, PollEvents.Readable, PollMode.Level);
    }

    public override Connection[] Attached => _sources.All<Connection>();

    public override void Attach(Connection connection) =>
        connection.Token = Watch(connection, connection.Socket.Fd.Number, StreamInterest, PollMode.Edge);

    public override void Detach(Connection connection) => Unwatch(connection.Token, connection.Socket.Fd.Number);

    // Level-triggered: what one turn leaves in the queue is reported again.
    public override void Attach(Acceptor acceptor) =>
        acceptor.Token = Watch(acceptor, acceptor.Socket.Fd.Number, PollEvents.Readable, PollMode.Level);

    public override void Detach(Acceptor acceptor) => Unwatch(acceptor.Token, acceptor.Socket.Fd.Number);

    public override void Attach(ConnectOperation operation) =>
        operation.Token = Watch(operation, operation.Socket.Fd.Number, PollEvents.Writable, PollMode.Level);

    public override void Detach(ConnectOperation operation) => Unwatch(operation.Token, operation.Socket.Fd.Number);

    public override void Attach(SocketReadiness readiness) =>
        readiness.Token = Watch(readiness, readiness.Socket.Fd.Number, StreamInterest, PollMode.Edge);

    public override void Detach(SocketReadiness readiness) => Unwatch(readiness.Token, readiness.Socket.Fd.Number);

    public override void Dispose()
    {
        foreach (SocketReadiness readiness in _sources.All<SocketReadiness>())
            ((ILoopWork)readiness).Abandon();
        foreach (ConnectOperation operation in _sources.All<ConnectOperation>())
            ((ILoopWork)operation).Abandon();
        _poller.Dispose();
        _wakeUp.Dispose();
    }

    void IReadySource.OnReady(PollEvents events)
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        Sys.Read(_wakeUp.Number, count);
    }

    protected override void Turn(int timeoutMs)
    {
        SysResult waited = _poller.Wait(_ready, timeoutMs);
        BeginTurn();
        if (!waited.IsOk)
            throw new SocketCallException($"{_poller.Name} wait", waited.Errno);

        Counters.Events += waited.Value;
        for (int i = 0; i < waited.Value; i++)
            _sources.Find(_ready[i].Token)?.OnReady(_ready[i].Events);
    }

    // eventfd(2): adding one wakes the wait. EAGAIN would mean that the counter is full, and so that a wake-up is under way.
    protected override void Wake()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(one, 1UL);
        bool held = false;
        try
        {
            // Held, as the loop may have woken by itself and ended: the number would be a stranger's by now.
            _wakeUp.DangerousAddRef(ref held);
            Sys.Write(_wakeUp.Number, one);
        }
        catch (ObjectDisposedException)
        {
            // It has ended, and nobody is left to wake.
        }
        finally
        {
            if (held)
                _wakeUp.DangerousRelease();
        }
    }

    private ulong Watch(IReadySource source, int fd, PollEvents interest, PollMode mode)
    {
        ulong token = _sources.Add(source);
        SysResult added = _poller.Add(fd, interest, mode, token);
        if (added.IsOk)
            return token;
        _sources.Remove(token);
        throw new SocketCallException($"{_poller.Name} add", added.Errno);
    }

    private void Unwatch(ulong token, int fd)
    {
        _sources.Remove(token);
        _poller.Remove(fd);
    }
}
