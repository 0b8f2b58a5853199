using System.IO.Pipelines;
using Weir.Buffers;
using Weir.Linux;

namespace Weir;

// Sending: on the flushing thread while the gate is free, on the loop for what the kernel refused.
public sealed partial class ConnectionWriter
{
    private const int MaxPieces = 16;

    private SendGate _gate;
    private SendQueue? _queue;
    private bool _cancelled;

    internal Connection Connection => _connection;

    /// <summary>Whether the flush that waits, or the next one, is to end.</summary>
    internal bool IsCancelled => Volatile.Read(ref _cancelled);

    /// <summary>Flushed and not yet taken by the kernel.</summary>
    internal long QueuedBytes => _queue?.Bytes ?? 0;

    /// <summary>Whether the kernel has ever refused something, or somebody had to queue.</summary>
    internal bool WasRefused => _queue is not null;

    /// <summary>Whether nothing can be sent any more.</summary>
    internal bool IsClosed => _gate.IsClosed;

    /// <summary>Whether something waits for the loop, and for room in the kernel. On the loop: it stays so until the loop sends.</summary>
    internal bool IsQueued => _gate.IsQueued;

    /// <summary>Nothing is queued and nobody is sending.</summary>
    internal bool IsDrained => _gate.IsIdle || _gate.IsClosed;

    // Made for the first time that the kernel refuses something; most connections never need one.
    private SendQueue Queue => _queue ?? Interlocked.CompareExchange(ref _queue, new SendQueue(this), null) ?? _queue;

    /// <summary>On the loop: sends what is queued.</summary>
    /// <param name="isEnding">Whether it matters when the last byte has left: whoever is sending on another thread then says so.</param>
    /// <returns>Whether nothing is left and nobody is sending.</returns>
    internal bool SendQueued(bool isEnding)
    {
        while (_gate.TryEnterQueued())
        {
            Errno errno = Queue.Send();
            if (errno is Errno.EAGAIN)
            {
                if (!_gate.LeaveQueued())
                    CloseGate();
                return false;
            }

            if (errno != Errno.None)
            {
                _connection.SetFault(errno);
                CloseGate();
                CompleteFlush();
                return true;
            }

            bool flushed = Queue.TakeFlushed();
            if (!_gate.TryLeave())
                _gate.LeaveQueued();
            if (flushed)
                Queue.Resume();
        }

        return IsDrained || (isEnding && !_gate.TryNote() && SendQueued(isEnding));
    }

    /// <summary>On the loop: sends the payload between two flushes, or not at all when something is under way.</summary>
    internal void SendHeartbeat(ReadOnlyMemory<byte> payload)
    {
        if (!_gate.TryEnter())
            return;
        Queue.Borrow(payload);
        _gate.LeaveQueued();
        SendQueued(isEnding: false);
    }

    /// <summary>On the loop: ends the flush that waits. Its borrowed source is copied first, as the caller may change it afterwards.</summary>
    internal void CancelOnLoop()
    {
        // The flush that was meant may be over, and the next one waiting.
        if (_queue is not { IsWaiting: true } queue || !(IsCancelled || queue.IsTokenCancelled))
            return;
        queue.KeepBorrowed();
        queue.Complete();
    }

    /// <summary>Nothing will be sent any more.</summary>
    internal void CloseGate()
    {
        _gate.Close();
        _queue?.Drop();
    }

    /// <summary>Lets a waiting flush go on.</summary>
    internal void CompleteFlush() => _queue?.Complete();

    /// <summary>What a flush that waited gives back.</summary>
    internal FlushResult TakeResult(bool isClosed) => new(isCanceled: TakeCancelled(), isCompleted: isClosed);

    /// <summary>Sends blocks from the head on and returns each when it has left; with the gate held.</summary>
    internal Errno SendBlocks(ref BufferBlock? head, ref int start)
    {
        while (head is not null)
        {
            SysResult sent = head.Next is null
                ? _connection.Send(head.Span(start, head.Filled))
                : SendPieces(head, start);
            if (!sent.IsOk)
                return sent.Errno;
            _connection.CountSent(sent.Value);
            Consume(ref head, ref start, sent.Value);
        }

        start = 0;
        return Errno.None;
    }

    private Errno SendStaged()
    {
        int start = 0;
        Errno errno = SendBlocks(ref _stagedHead, ref start);
        if (_stagedHead is not null)
        {
            _connection.Loop.Counters.CountRefusedSend();
            Queue.Append(_stagedHead, _stagedTail!, start);
        }

        ForgetStaged();
        return errno;
    }

    // Without a flush that waits for it.
    private void QueueStaged()
    {
        bool isEmpty = _staged == 0;
        AppendStaged();
        if (isEmpty)
            return;
        NoteQueued();
        _connection.Request(ConnectionRequests.Send);
    }

    private void AppendStaged()
    {
        if (_staged == 0)
        {
            ReleaseStaged();
            return;
        }

        Queue.Append(_stagedHead!, _stagedTail!, start: 0);
        ForgetStaged();
    }

    // Whether nothing was queued before, so that nobody is going to send it yet.
    private bool NoteQueued()
    {
        bool isFirst = false;
        while (!isFirst && !_gate.TryNote())
            isFirst = _gate.TryEnter() && _gate.LeaveQueued();

        if (_gate.IsClosed)
            CloseGate();
        return isFirst;
    }

    private void ForgetStaged()
    {
        _stagedHead = _stagedTail = null;
        _staged = 0;
    }

    private ValueTask<FlushResult> Leave()
    {
        if (_gate.TryLeave())
            return _cancelled ? new ValueTask<FlushResult>(TakeResult(isClosed: false)) : default;
        return LeaveToOthers();
    }

    // Something was queued meanwhile, or the connection was closed.
    private ValueTask<FlushResult> LeaveToOthers()
    {
        if (_gate.LeaveQueued())
            _connection.Request(ConnectionRequests.Send);
        return new ValueTask<FlushResult>(TakeResult(_gate.IsClosed));
    }

    private ValueTask<FlushResult> Fail(Errno errno)
    {
        _connection.SetFault(errno);
        CloseGate();
        ReleaseStaged();
        return new ValueTask<FlushResult>(TakeResult(_gate.IsClosed));
    }

    // For what the kernel refused, or for the next turn when the connection has had its share. The wait begins before the gate is left: from then on the loop may complete it.
    private ValueTask<FlushResult> WaitForLoop(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> waiting = Queue.BeginWait(cancellationToken);
        LeaveToLoop();
        return waiting;
    }

    private ValueTask<FlushResult> FlushBehindOthers(CancellationToken cancellationToken)
    {
        if (_gate.IsClosed)
        {
            ReleaseStaged();
            return new ValueTask<FlushResult>(TakeResult(_gate.IsClosed));
        }

        AppendStaged();
        return WaitBehindOthers(cancellationToken);
    }

    // Queued before the wait begins, and noted after it: who sends takes a flush that waits for finished when the queue is empty.
    private ValueTask<FlushResult> WaitBehindOthers(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> waiting = Queue.BeginWait(cancellationToken);
        NoteQueued();
        _connection.Request(ConnectionRequests.Send);
        if (_gate.IsClosed)
            CompleteFlush();
        return waiting;
    }

    private bool TakeCancelled() => IsCancelled && Interlocked.Exchange(ref _cancelled, false);

    private unsafe SysResult SendPieces(BufferBlock head, int start)
    {
        Span<iovec> pieces = stackalloc iovec[MaxPieces];
        int count = 0;
        for (BufferBlock? block = head; block is not null && count < MaxPieces; block = block.Next)
        {
            // SAFETY: blocks lie on the pinned heap and are not returned before the call is over.
            pieces[count++] = new iovec { iov_base = block.Address + start, iov_len = (nuint)(block.Filled - start) };
            start = 0;
        }

        return _connection.Send(pieces[..count]);
    }

    private void Consume(ref BufferBlock? head, ref int start, int sent)
    {
        start += sent;
        while (head is not null && start >= head.Filled)
        {
            start -= head.Filled;
            BufferBlock done = head;
            head = done.Next;
            _connection.Loop.ReturnBlock(done);
        }
    }
}
