using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Weir.Loops;

namespace Weir;

// A read that waits. The reader itself is the source of its ValueTask, so waiting allocates nothing.
public sealed partial class ConnectionReader : IValueTaskSource<ReadResult>, IThreadPoolWorkItem, ILoopWork
{
    private ManualResetValueTaskSourceCore<bool> _wait;
    private CancellationTokenRegistration _cancellation;
    private bool _waiting;
    private bool _tokenCancelled;

    /// <summary>Whether a read waits at this moment.</summary>
    internal bool IsWaiting => Volatile.Read(ref _waiting);

    /// <summary>What has arrived, or will; one read at a time.</summary>
    /// <exception cref="Sockets.SocketCallException">The connection was reset or timed out, and what came before is read.</exception>
    /// <exception cref="InvalidOperationException">A read is waiting, or the reader is complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while the read waited.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short version;
        using (_lock.Enter())
        {
            ThrowIfUnusable();
            if (HasNews)
                return new ValueTask<ReadResult>(TakeResult());
            _wait.Reset();
            _waiting = true;
            version = _wait.Version;
        }

        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static reader => ((ConnectionReader)reader!).CancelByToken(), this);
        return new ValueTask<ReadResult>(this, version);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        using (_lock.Enter())
        {
            ThrowIfUnusable();
            bool hasNews = HasNews;
            result = hasNews ? TakeResult() : default;
            return hasNews;
        }
    }

    /// <summary>The read that waits, or else the next one, ends at once with <see cref="ReadResult.IsCanceled"/>. From any thread.</summary>
    public override void CancelPendingRead()
    {
        using (_lock.Enter())
            _cancelled = true;
        Publish();
    }

    /// <summary>Lets a waiting read go on when there is something for it.</summary>
    internal void Publish()
    {
        using (_lock.Enter())
        {
            if (!_waiting || !HasNews)
                return;
            _waiting = false;
        }

        _connection.Resume(this);
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void ILoopWork.RunOnLoop() => _wait.SetResult(true);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _wait.GetResult(token);
        CancellationTokenRegistration cancellation = _cancellation;
        _cancellation = default;
        cancellation.Dispose();
        using (_lock.Enter())
        {
            if (!_tokenCancelled)
                return TakeResult();
            _tokenCancelled = false;
        }

        throw new OperationCanceledException(cancellation.Token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void CancelByToken()
    {
        using (_lock.Enter())
        {
            if (!_waiting)
                return;
            _waiting = false;
            _tokenCancelled = true;
        }

        _connection.Resume(this);
    }

    private void ThrowIfUnusable()
    {
        if (_completed)
            throw new InvalidOperationException("The reader is complete; nothing can be read from it.");
        if (_waiting)
            throw new InvalidOperationException("A read is waiting already; await it before the next.");
    }
}
