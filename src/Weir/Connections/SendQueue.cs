using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Weir.Buffers;
using Weir.Linux;
using Weir.Loops;

namespace Weir;

/// <summary>
/// What the kernel refused on a connection, or flushes gathered, in order, and the flush that waits until it has left. Sent by whoever
/// holds the gate; appended by the writer under the lock, which is not held while blocks are sent. It is the source of the flush's
/// ValueTask, so waiting allocates nothing.
/// </summary>
internal sealed class SendQueue(ConnectionWriter writer) : IValueTaskSource<FlushResult>, IThreadPoolWorkItem, ILoopWork
{
    private readonly Lock _lock = new();

    // The rest of a write that began when nothing was queued: it goes before the blocks.
    private ReadOnlyMemory<byte> _borrowed;
    private BufferBlock? _head;
    private BufferBlock? _tail;
    private int _start;
    private long _blockBytes;
    private long _leavingBytes;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private CancellationTokenRegistration _cancellation;
    private GatheredSend? _gathered;
    private int _waiting;
    private bool _tokenCancelled;
    private bool _isClosed;

    /// <summary>How much waits.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _borrowed.Length + _blockBytes + _leavingBytes;
            }
        }
    }

    public bool IsTokenCancelled => Volatile.Read(ref _tokenCancelled);

    public bool IsWaiting => Volatile.Read(ref _waiting) != 0;

    /// <summary>With the gate held and nothing queued: takes memory that stays as it is while the flush waits.</summary>
    public void Borrow(ReadOnlyMemory<byte> rest)
    {
        lock (_lock)
            _borrowed = rest;
    }

    /// <summary>Takes over a chain of blocks. A start other than 0 goes with an empty queue.</summary>
    public void Append(BufferBlock head, BufferBlock tail, int start)
    {
        lock (_lock)
        {
            if (_tail is null)
                (_head, _start) = (head, start);
            else
                _tail.LinkTo(head);
            _tail = tail;
            _blockBytes += CountBytes(head, tail, start);
        }
    }

    /// <summary>Copies a single block behind what waits, if it has room; small flushes then leave as one piece.</summary>
    public bool TryCopy(BufferBlock block)
    {
        lock (_lock)
        {
            if (block.Next is not null || _tail is null || _tail.FreeBytes < block.Filled)
                return false;
            block.Span(0, block.Filled).CopyTo(_tail.FreeSpan);
            _tail.Append(block.Filled);
            _blockBytes += block.Filled;
            return true;
        }
    }

    /// <summary>Has it sent soon: on the loop by the loop itself, elsewhere on the thread pool, behind the work that is queued there.</summary>
    public void SendSoon()
    {
        if (writer.Connection.Loop.IsCurrent)
            writer.Connection.Request(ConnectionRequests.Send);
        else
            ThreadPool.UnsafeQueueUserWorkItem(_gathered ??= new GatheredSend(writer), preferLocal: false);
    }

    /// <summary>Copies what is borrowed, because its flush ends before it has left.</summary>
    public void KeepBorrowed()
    {
        lock (_lock)
        {
            if (_borrowed.IsEmpty)
                return;
            BufferBlock copy = writer.Connection.Loop.RentBlock(_borrowed.Length);
            _borrowed.Span.CopyTo(copy.FreeSpan);
            copy.Append(_borrowed.Length);
            _blockBytes += _borrowed.Length;
            if (_head is null)
                _tail = copy;
            else
                copy.LinkTo(_head);
            _head = copy;
            _borrowed = default;
        }
    }

    /// <summary>With the gate held: sends until everything has left or the kernel refuses.</summary>
    public Errno Send()
    {
        lock (_lock)
        {
            while (!_borrowed.IsEmpty)
            {
                SysResult sent = writer.Connection.Send(_borrowed.Span);
                if (!sent.IsOk)
                    return sent.Errno;
                writer.Connection.CountSent(sent.Value);
                _borrowed = _borrowed[sent.Value..];
                if (writer.Connection.HasHadItsShare && !_borrowed.IsEmpty)
                {
                    // As if the kernel had refused, but no event will say when to go on.
                    writer.Connection.Request(ConnectionRequests.Send);
                    return Errno.EAGAIN;
                }
            }
        }

        return SendBlocks();
    }

    /// <summary>Nobody will send it any more.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            while (_head is { } head)
            {
                _head = head.Next;
                writer.Connection.Loop.ReturnBlock(head);
            }

            _tail = null;
            _start = 0;
            _blockBytes = 0;
            _borrowed = default;
        }
    }

    public ValueTask<FlushResult> BeginWait(CancellationToken cancellationToken)
    {
        _wait.Reset();
        Interlocked.Exchange(ref _waiting, 1);
        // A cancellation from before found no wait to end; it ends this one.
        if (writer.IsCancelled)
            writer.Connection.Request(ConnectionRequests.CancelFlush);
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static queue => ((SendQueue)queue!).CancelByToken(), this);
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    /// <summary>With the gate held: whether a flush waited and its bytes have left; the caller resumes it outside the gate.</summary>
    public bool TakeFlushed()
    {
        lock (_lock)
            return _head is null && TakeWaiting(isClosed: false);
    }

    public void Resume() => writer.Connection.Resume(this);

    /// <summary>Lets the flush that waits go on, if there is one.</summary>
    public void Complete()
    {
        if (TakeWaiting(writer.IsClosed))
            Resume();
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void ILoopWork.RunOnLoop() => _wait.SetResult(true);

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.GetResult(token);
        CancellationTokenRegistration cancellation = _cancellation;
        _cancellation = default;
        cancellation.Dispose();
        if (!_tokenCancelled)
            return writer.TakeResult(_isClosed);
        _tokenCancelled = false;
        throw new OperationCanceledException(cancellation.Token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private Errno SendBlocks()
    {
        while (TakeBlocks(out BufferBlock? head, out BufferBlock? tail, out int start))
        {
            Errno errno = writer.SendBlocks(ref head, ref start);
            if (GiveBack(head, tail, start) || errno != Errno.None)
                return errno;
        }

        return Errno.None;
    }

    private bool TakeBlocks([NotNullWhen(true)] out BufferBlock? head, out BufferBlock? tail, out int start)
    {
        lock (_lock)
        {
            (head, tail, start) = (_head, _tail, _start);
            (_leavingBytes, _blockBytes) = (_blockBytes, 0);
            (_head, _tail, _start) = (null, null, 0);
            return head is not null;
        }
    }

    // What did not leave goes before what came meanwhile. Whether something did not.
    private bool GiveBack(BufferBlock? head, BufferBlock? tail, int start)
    {
        lock (_lock)
        {
            _leavingBytes = 0;
            if (head is null)
                return false;
            if (_head is null)
                _tail = tail;
            else
                tail!.LinkTo(_head);
            (_head, _start) = (head, start);
            _blockBytes += CountBytes(head, tail, start);
            return true;
        }
    }

    private static long CountBytes(BufferBlock head, BufferBlock? last, int start)
    {
        long bytes = head.Filled - start;
        for (BufferBlock block = head; block != last && block.Next is { } next; block = next)
            bytes += next.Filled;
        return bytes;
    }

    // What the flush will say is decided here: by the time its caller goes on, the connection may be closed.
    private bool TakeWaiting(bool isClosed)
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0)
            return false;
        _isClosed = isClosed;
        return true;
    }

    private void CancelByToken()
    {
        Volatile.Write(ref _tokenCancelled, true);
        writer.Connection.Request(ConnectionRequests.CancelFlush);
    }
}
