using Weir.Linux;
using Weir.Loops;
using Weir.Polling;
using Weir.Sockets;

namespace Weir;

/// <summary>One connect(2) that the kernel goes on with: waits on a loop for the outcome, with a time limit.</summary>
internal sealed class ConnectOperation(EventLoop loop, KernelSocket socket, TimeSpan timeout) : LoopTimer, IReadySource, ILoopWork
{
    private readonly TaskCompletionSource<Errno> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _cancelled;
    private bool _attached;

    public KernelSocket Socket => socket;

    public ulong Token { get; set; }

    SafeFd IReadySource.Fd => socket.Fd;

    PollEvents IReadySource.Wanted => PollEvents.Writable;

    public Task<Errno> Outcome => _outcome.Task;

    public void Start() => loop.Post(this);

    public void Cancel()
    {
        _cancelled = true;
        loop.Post(this);
    }

    public override void OnDue(long nowMs) => Complete(Errno.ETIMEDOUT);

    void IReadySource.OnReady(PollEvents events) => Complete(socket.TakeError());

    /// <summary>The kernel could not wait for the outcome.</summary>
    public void OnPollFailed(Errno errno) => Complete(errno);

    void ILoopWork.RunOnLoop()
    {
        if (_cancelled)
            Complete(Errno.ECANCELED);
        else
            Attach();
    }

    void ILoopWork.Abandon() => _outcome.TrySetResult(Errno.ECANCELED);

    private void Attach()
    {
        try
        {
            loop.Attach(this);
        }
        catch (SocketCallException exception)
        {
            _outcome.TrySetResult(exception.Errno);
            return;
        }

        _attached = true;
        if (timeout != Timeout.InfiniteTimeSpan)
            loop.Timers.Schedule(this, loop.NowMs + (long)timeout.TotalMilliseconds);
    }

    private void Complete(Errno outcome)
    {
        if (_attached)
            loop.Detach(this);
        _attached = false;
        loop.Timers.Cancel(this);
        _outcome.TrySetResult(outcome);
    }
}
