using System.Threading.Tasks.Sources;

namespace Weir.Loops;

/// <summary>
/// "Try the call again": set by the loop when a descriptor becomes ready, awaited by the one who makes the calls. What happens between a
/// refused call and the wait is not lost: the signal is cleared before the call, and a wait on a signal that is set ends at once. It
/// is the source of its own ValueTask, so waiting allocates nothing.
/// </summary>
internal sealed class ReadinessSignal(SocketReadiness owner) : IValueTaskSource, IThreadPoolWorkItem, ILoopWork
{
    private const int Quiet = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;
    private const int Ended = 3;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private SettingWork? _setting;
    private CancellationTokenRegistration _cancellation;
    private bool _cancelled;
    private int _state;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary><see cref="Set"/> as work for a loop.</summary>
    public ILoopWork Setting => _setting ??= new SettingWork(this);

    /// <summary>Before a call: what is signalled from here on happened after it.</summary>
    public void Clear() => Interlocked.CompareExchange(ref _state, Quiet, Signalled);

    /// <summary>Ends when the signal is set or has ended.</summary>
    /// <exception cref="InvalidOperationException">Somebody else waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled meanwhile.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (IsWaiting)
            throw new InvalidOperationException("One receive and one send at a time: await the one that waits before the next.");
        _wait.Reset();
        ValueTask waiting = new(this, _wait.Version);
        if (Interlocked.CompareExchange(ref _state, Waiting, Quiet) != Quiet)
            return default;
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static signal => ((ReadinessSignal)signal!).Cancel(), this);
        owner.NoteWait(this);
        return waiting;
    }

    /// <summary>From any thread.</summary>
    public void Set()
    {
        int before = Volatile.Read(ref _state);
        while (before is Quiet or Waiting)
        {
            int found = Interlocked.CompareExchange(ref _state, Signalled, before);
            if (found == before)
            {
                if (before == Waiting)
                    owner.Resume(this);
                return;
            }

            before = found;
        }
    }

    /// <summary>There will be nothing to wait for any more; from any thread.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _state, Ended) == Waiting)
            owner.Resume(this);
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void ILoopWork.RunOnLoop() => _wait.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        _wait.GetResult(token);
        CancellationTokenRegistration cancellation = _cancellation;
        _cancellation = default;
        cancellation.Dispose();
        if (!_cancelled)
            return;
        _cancelled = false;
        throw new OperationCanceledException(cancellation.Token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Quiet, Waiting) != Waiting)
            return;
        _cancelled = true;
        owner.Resume(this);
    }

    private sealed class SettingWork(ReadinessSignal signal) : ILoopWork
    {
        public void RunOnLoop() => signal.Set();
    }
}
