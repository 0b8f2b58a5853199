using Weir.Linux;
using Weir.Loops;
using Weir.Polling;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Whom an acceptor tells what it got. Calls come on the acceptor's loop.</summary>
internal interface IAcceptorOwner
{
    /// <summary>Takes one of the places that there are for connections, before accept(2); false when none is free.</summary>
    bool TryTakePlace();

    /// <summary>Gives back a place that no connection came for. Those that found none look again.</summary>
    void ReturnPlace();

    /// <summary>Whether there are so many places that the kernel may accept on its own.</summary>
    bool HasManyPlaces { get; }

    void OnAccepted(Acceptor acceptor, KernelSocket socket);

    /// <summary>The process or the machine has run out of something; accepting pauses and goes on by itself.</summary>
    void OnExhausted(Acceptor acceptor, Errno errno);
}

/// <summary>
/// A listening socket on a loop. No error ends it: when descriptors or memory run out, or the limit of connections is reached, it leaves
/// the rest in the kernel's queue and looks again when a connection closes or a moment has passed.
/// </summary>
internal sealed partial class Acceptor(EventLoop loop, KernelSocket socket, IAcceptorOwner owner) : LoopTimer, IReadySource, ILoopWork
{
    private const int RetryMs = 100;

    private bool _attached;
    private bool _closed;
    private bool _reachedReserve;
    private bool _waitsForRoom;
    private bool _hasCounted;
    private int _leftToTake = int.MaxValue;
    private volatile bool _paused;
    private volatile bool _leavesQueue;
    private TaskCompletionSource? _closing;

    public KernelSocket Socket => socket;

    public EventLoop Loop => loop;

    public ulong Token { get; set; }

    SafeFd IReadySource.Fd => socket.Fd;

    PollEvents IReadySource.Wanted => PollEvents.Readable;

    /// <summary>Starts, or goes on after a pause; from any thread.</summary>
    public void Resume()
    {
        _paused = false;
        loop.Post(this);
    }

    /// <summary>A connection has closed: there may be room again. From any thread.</summary>
    public void ResumeIfPaused()
    {
        if (_paused)
            Resume();
    }

    /// <summary>Closes the socket without taking what is in the queue, which another process has as well; from any thread.</summary>
    public Task ReleaseAsync()
    {
        _leavesQueue = true;
        return CloseAsync();
    }

    /// <summary>A close waits no longer for places; from any thread.</summary>
    public void LeaveQueue()
    {
        _leavesQueue = true;
        if (Volatile.Read(ref _closing) is not null)
            loop.Post(this);
    }

    /// <summary>
    /// Takes what is in the queue, then closes the socket; from any thread. While there is no place for what waits, it goes on waiting, until
    /// <see cref="LeaveQueue"/>; who comes meanwhile is not taken.
    /// </summary>
    public Task CloseAsync()
    {
        TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource closing = Interlocked.CompareExchange(ref _closing, fresh, null) ?? fresh;
        loop.Post(this);
        return closing.Task;
    }

    public override void OnDue(long nowMs) => GoOn();

    void IReadySource.OnReady(PollEvents events)
    {
        AcceptSome(loop.Options.AcceptsPerTurn);
        TakeKept();
    }

    void ILoopWork.RunOnLoop() => GoOn();

    void ILoopWork.Abandon()
    {
        _closed = true;
        DropKept();
        socket.Dispose();
        Volatile.Read(ref _closing)?.TrySetResult();
    }

    private void GoOn()
    {
        if (Volatile.Read(ref _closing) is { } closing)
            Close(closing);
        else
            Attach();
    }

    private void Close(TaskCompletionSource closing)
    {
        _paused = false;
        if (!_closed)
        {
            StopAcceptingAhead();
            if (!_leavesQueue && !TryEmptyQueue())
                return;
            // Before the close: a poller goes on watching a socket that another process has open (epoll(7)).
            Pause(retry: false);
            loop.Timers.Cancel(this);
            _closed = true;
            DropKept();
            socket.Dispose();
        }

        closing.TrySetResult();
    }

    // False while somebody waits in the queue and there is no room for him yet. The socket listens until then, and who comes is connected by the
    // kernel: that there is no room yet must not let them in for ever.
    private bool TryEmptyQueue()
    {
        _waitsForRoom = false;
        _leftToTake -= AcceptSome(_leftToTake);
        if (!_waitsForRoom)
            return true;
        if (!_hasCounted)
        {
            _hasCounted = true;
            _leftToTake = QueueLength() is < int.MaxValue and var length ? length + KeptCount : int.MaxValue;
        }

        return _leftToTake <= 0 || (KeptCount == 0 && !socket.WaitFor(POLLIN, TimeSpan.Zero));
    }

    // Of a TCP listener tcpi_unacked is the length of the accept queue (tcp_get_info). A unix socket tells no length; its path is gone already,
    // so nobody is added, and what has no path, or somebody else's, is taken until the queue is empty or the drain time is over.
    private int QueueLength() => socket.Info is { } info ? (int)Math.Min(info.UnackedSegments, int.MaxValue) : int.MaxValue;

    // How many have left the queue.
    private int AcceptSome(int limit)
    {
        Errno error = Errno.None;
        for (int i = 0; i < limit && !_closed; i++)
        {
            if ((_reachedReserve && !IsReserveFreeAgain()) || !TryTakePlace())
                return i;
            KernelSocket? accepted = TryTakeKept() ?? socket.TryAccept(out error);
            if (accepted is not null)
            {
                Take(accepted);
                continue;
            }

            owner.ReturnPlace();
            if (!GoesOnAfter(error))
                return i;
        }

        return limit;
    }

    private bool TryTakePlace()
    {
        if (owner.TryTakePlace())
            return true;
        _waitsForRoom = true;
        Pause(retry: false);
        // A connection may have closed between the question and the pause, and then saw no pause. Returning the place resumes.
        if (owner.TryTakePlace())
            owner.ReturnPlace();
        return false;
    }

    private void Take(KernelSocket accepted)
    {
        _lastNumber = accepted.Fd.Number;
        _reachedReserve = DescriptorReserve.Has(_lastNumber);
        owner.OnAccepted(this, accepted);
    }

    private bool IsReserveFreeAgain()
    {
        _reachedReserve = DescriptorReserve.IsNext(socket.Fd);
        if (_reachedReserve)
        {
            _waitsForRoom = true;
            Pause(retry: true);
            owner.OnExhausted(this, Errno.EMFILE);
        }

        return !_reachedReserve;
    }

    // accept(2): a connection that failed before it was accepted reports its error here; the next one may be fine.
    private bool GoesOnAfter(Errno error)
    {
        switch (error)
        {
            case Errno.EAGAIN:
                return false;
            case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                _waitsForRoom = true;
                Pause(retry: true);
                owner.OnExhausted(this, error);
                return false;
            // The listener itself is out of order, as an inherited one that somebody else has shut down.
            case Errno.EINVAL or Errno.EBADF or Errno.ENOTSOCK:
                Pause(retry: true);
                owner.OnExhausted(this, error);
                return false;
            default:
                return true;
        }
    }

    private void Attach()
    {
        _paused = false;
        if (_closed)
            return;
        try
        {
            if (!_attached)
                loop.Attach(this);
            _attached = true;
            TakeKept();
        }
        catch (SocketCallException exception)
        {
            Pause(retry: true);
            owner.OnExhausted(this, exception.Errno);
        }
    }

    private void Pause(bool retry)
    {
        _paused = true;
        if (_attached)
            loop.Detach(this);
        _attached = false;
        if (retry)
            loop.Timers.Schedule(this, loop.NowMs + RetryMs);
    }
}
