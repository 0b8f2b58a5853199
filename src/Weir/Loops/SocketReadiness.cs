using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;

namespace Weir.Loops;

/// <summary>
/// A socket whose calls are made by whoever uses it, on any thread, while a loop tells when to try again: datagram and message channels.
/// The loop owns the socket's life: it is watched, and closed, on the loop's thread.
/// </summary>
internal sealed class SocketReadiness : IReadySource, ILoopWork
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _attached;
    private volatile bool _closing;

    public SocketReadiness(EventLoop loop, KernelSocket socket)
    {
        (Loop, Socket) = (loop, socket);
        Input = new ReadinessSignal(this);
        Output = new ReadinessSignal(this);
        loop.Counters.AddConnection();
    }

    public EventLoop Loop { get; }

    public KernelSocket Socket { get; }

    /// <summary>Set when there may be something to receive.</summary>
    public ReadinessSignal Input { get; }

    /// <summary>Set when there may be room to send.</summary>
    public ReadinessSignal Output { get; }

    public ulong Token { get; set; }

    /// <summary>Whether room to send is something that this socket's readiness tells. Otherwise a level would tell it all the time.</summary>
    public bool TellsRoom { get; init; } = true;

    SafeFd IReadySource.Fd => Socket.Fd;

    // Room to send comes with every datagram that has left, so it is watched for only while somebody waits for it, edge or level.
    PollEvents IReadySource.Wanted =>
        (Input.IsWaiting || !Loop.IsLevelTriggered ? PollEvents.Readable | PollEvents.PeerFinished : PollEvents.None)
        | (Output.IsWaiting && TellsRoom ? PollEvents.Writable : PollEvents.None);

    public bool IsClosing => _closing;

    /// <summary>Why the loop could not watch the socket; None while it does.</summary>
    public Errno Fault { get; private set; }

    /// <summary>Ends with the socket; null when there is none.</summary>
    public LoopTimer? Timer { get; set; }

    /// <summary>Ends when the descriptor is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Begins to watch; from any thread. Calls may be made before.</summary>
    public void Start() => Loop.Post(this);

    /// <summary>Ends every wait and closes the socket; from any thread, any number of times.</summary>
    public Task CloseAsync()
    {
        _closing = true;
        Loop.Post(this);
        return Closed;
    }

    /// <summary>From the loop's thread: goes on in the next turn, when the others had their share.</summary>
    public ValueTask NextTurnAsync(ReadinessSignal signal, CancellationToken cancellationToken)
    {
        signal.Clear();
        Loop.RunNextTurn(signal.Setting);
        return signal.WaitAsync(cancellationToken);
    }

    /// <summary>Closes because of this error, which whoever waits gets to know; on the loop's thread.</summary>
    public void Fail(Errno errno)
    {
        Fault = errno;
        Close();
    }

    /// <summary>Somebody begins to wait, on any thread: that may be something more to watch for.</summary>
    public void NoteWait(ReadinessSignal signal)
    {
        if (!Loop.IsLevelTriggered && signal == Input)
            return;
        if (Loop.IsCurrent)
            Loop.UpdateInterest(this);
        else
            Loop.Post(this);
    }

    /// <summary>Lets a wait go on where the loop's handlers run.</summary>
    public void Resume(ReadinessSignal signal)
    {
        if (!Loop.Inline)
            Loop.RunOnThreadPool(signal);
        else if (Loop.IsCurrent)
            ((ILoopWork)signal).RunOnLoop();
        else
            Loop.Post(signal);
    }

    void IReadySource.OnReady(PollEvents events)
    {
        const PollEvents Both = PollEvents.Error | PollEvents.HangUp;
        if (events.Has(PollEvents.Readable | PollEvents.PeerFinished | PollEvents.Priority | Both))
            Input.Set();
        if (events.Has(PollEvents.Writable | Both))
            Output.Set();
        if (events.Has(PollEvents.Writable))
            Loop.UpdateInterest(this);
    }

    void ILoopWork.RunOnLoop()
    {
        if (_closing)
            Close();
        else if (!_attached)
            Attach();
        else
            Loop.UpdateInterest(this);
    }

    void ILoopWork.Abandon() => Close();

    private void Attach()
    {
        try
        {
            Loop.Attach(this);
            _attached = true;
        }
        catch (SocketCallException failure)
        {
            Fail(failure.Errno);
        }
    }

    private void Close()
    {
        if (_closed.Task.IsCompleted)
            return;
        _closing = true;
        if (_attached)
            Loop.Detach(this);
        _attached = false;
        if (Timer is { } timer)
            Loop.Timers.Cancel(timer);
        Socket.Dispose();
        Loop.Counters.RemoveConnection();
        Input.End();
        Output.End();
        _closed.TrySetResult();
    }
}
