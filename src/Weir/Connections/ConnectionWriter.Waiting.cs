using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Weir.Linux;
using Weir.Loops;

namespace Weir;

// A flush that waits for the loop. The writer itself is the source of its ValueTask.
public sealed partial class ConnectionWriter : IValueTaskSource<FlushResult>, IThreadPoolWorkItem, ILoopWork
{
    private ManualResetValueTaskSourceCore<bool> _wait;
    private CancellationTokenRegistration _cancellation;
    private int _waitingFlag;
    private bool _cancelled;
    private bool _tokenCancelled;

    private bool _waiting => Volatile.Read(ref _waitingFlag) != 0;

    /// <summary>The flush that waits, or else the next one, ends with <see cref="FlushResult.IsCanceled"/>; its bytes still leave.</summary>
    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _cancelled, true);
        _connection.Request(ConnectionRequests.CancelFlush);
    }

    /// <summary>On the loop: ends the flush that waits. Its borrowed source is copied first, as the caller may change it afterwards.</summary>
    internal void CancelOnLoop()
    {
        if (!_waiting)
            return;
        KeepBorrowed();
        CompleteFlush();
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void ILoopWork.RunOnLoop() => _wait.SetResult(true);

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.GetResult(token);
        CancellationTokenRegistration cancellation = _cancellation;
        _cancellation = default;
        cancellation.Dispose();
        if (_tokenCancelled)
        {
            _tokenCancelled = false;
            throw new OperationCanceledException(cancellation.Token);
        }

        return new FlushResult(isCanceled: TakeCancelled(), isCompleted: _gate.IsClosed);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private ValueTask<FlushResult> Leave()
    {
        if (!_gate.TryLeave() && _gate.LeaveQueued())
            _connection.Request(ConnectionRequests.Send);
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: TakeCancelled(), isCompleted: _gate.IsClosed));
    }

    private ValueTask<FlushResult> Fail(Errno errno)
    {
        _connection.SetFault(errno);
        CloseGate();
        ReleaseStaged();
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
    }

    // The wait begins before the gate is left: from then on the loop may complete it.
    private ValueTask<FlushResult> WaitForLoop(CancellationToken cancellationToken)
    {
        _connection.Loop.Counters.CountRefusedSend();
        ValueTask<FlushResult> waiting = BeginWait(cancellationToken);
        if (_gate.LeaveQueued())
            _connection.Request(ConnectionRequests.Send);
        else
            DropAndComplete();
        return waiting;
    }

    private ValueTask<FlushResult> FlushBehindOthers(CancellationToken cancellationToken)
    {
        if (_gate.IsClosed)
        {
            ReleaseStaged();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
        }

        ValueTask<FlushResult> waiting = BeginWait(cancellationToken);
        if (_staged > 0)
            Enqueue();
        NoteQueued();
        if (_gate.IsClosed)
            DropAndComplete();
        else
            _connection.Request(ConnectionRequests.Send);
        return waiting;
    }

    private void NoteQueued()
    {
        while (!_gate.TryNote())
        {
            if (_gate.TryEnter())
                _gate.LeaveQueued();
        }
    }

    // The connection was closed meanwhile: nobody else will look at the queue.
    private void DropAndComplete()
    {
        CloseGate();
        CompleteFlush();
    }

    private ValueTask<FlushResult> BeginWait(CancellationToken cancellationToken)
    {
        _wait.Reset();
        Volatile.Write(ref _waitingFlag, 1);
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static writer => ((ConnectionWriter)writer!).CancelByToken(), this);
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    /// <summary>Lets a waiting flush go on.</summary>
    internal void CompleteFlush()
    {
        if (Interlocked.Exchange(ref _waitingFlag, 0) != 0)
            _connection.Resume(this);
    }

    private void CancelByToken()
    {
        _tokenCancelled = true;
        _connection.Request(ConnectionRequests.CancelFlush);
    }

    private bool TakeCancelled()
    {
        bool cancelled = Volatile.Read(ref _cancelled);
        if (cancelled)
            Volatile.Write(ref _cancelled, false);
        return cancelled;
    }
}
