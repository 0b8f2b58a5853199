using Weir.Buffers;
using Weir.Linux;

namespace Weir;

// Sending: on the flushing thread while the gate is free, on the loop for what the kernel refused.
public sealed partial class ConnectionWriter
{
    private const int MaxPieces = 16;

    private SendGate _gate;

    // Refused by the kernel, or flushed while somebody else was sending. Sent by whoever holds the gate; appended under the lock.
    private BufferBlock? _queueHead;
    private BufferBlock? _queueTail;
    private int _queueStart;

    // The rest of a WriteAsync that began when nothing was queued: it goes before the queue.
    private ReadOnlyMemory<byte> _borrowed;
    private int _queued;

    /// <summary>Flushed and not yet taken by the kernel.</summary>
    internal long QueuedBytes => Volatile.Read(ref _queued) + _borrowed.Length;

    /// <summary>Nothing is queued and nobody is sending.</summary>
    internal bool IsDrained => _gate.IsIdle || _gate.IsClosed;

    /// <summary>On the loop: sends what is queued. False when the kernel refuses again, or somebody else is sending and will ask again.</summary>
    internal bool SendQueued()
    {
        while (_gate.TryEnterQueued())
        {
            Errno errno = SendBorrowed();
            if (errno == Errno.None)
                errno = SendQueue();
            if (errno is Errno.EAGAIN)
            {
                _gate.LeaveQueued();
                return false;
            }

            if (errno != Errno.None)
            {
                _connection.SetFault(errno);
                CloseGate();
                CompleteFlush();
                return true;
            }

            if (_gate.TryLeave())
                CompleteFlush();
            else
                _gate.LeaveQueued();
        }

        // Whoever is sending on another thread hands over when it leaves.
        return IsDrained || (!_gate.TryNote() && SendQueued());
    }

    /// <summary>On the loop: sends the payload between two flushes, or not at all when something is under way.</summary>
    internal void SendHeartbeat(ReadOnlyMemory<byte> payload)
    {
        if (!_gate.TryEnter())
            return;
        _borrowed = payload;
        _gate.LeaveQueued();
        SendQueued();
    }

    /// <summary>On the loop: nothing will be sent any more.</summary>
    internal void CloseGate()
    {
        _gate.Close();
        _borrowed = default;
        DropQueue();
    }

    private Errno SendStaged()
    {
        int start = 0;
        Errno errno = SendBlocks(ref _stagedHead, ref start);
        if (_stagedHead is null)
        {
            _stagedTail = null;
            _staged = 0;
            return errno;
        }

        // Refused: the rest becomes the queue, which is empty while the gate was free.
        _queueStart = start;
        Enqueue();
        return errno;
    }

    private void Enqueue()
    {
        lock (_sync)
        {
            int waiting = 0;
            for (BufferBlock? block = _stagedHead; block is not null; block = block.Next)
                waiting += block.Filled;
            if (_queueTail is null)
            {
                _queueHead = _stagedHead;
                waiting -= _queueStart;
            }
            else
            {
                _queueTail.LinkTo(_stagedHead!);
            }

            _queueTail = _stagedTail;
            _queued += waiting;
        }

        _stagedHead = _stagedTail = null;
        _staged = 0;
    }

    private Errno SendBorrowed()
    {
        while (!_borrowed.IsEmpty)
        {
            SysResult sent = _connection.Socket.Send(_borrowed.Span);
            if (!sent.IsOk)
                return sent.Errno;
            _connection.CountSent(sent.Value);
            _borrowed = _borrowed[sent.Value..];
        }

        return Errno.None;
    }

    private Errno SendQueue()
    {
        lock (_sync)
        {
            long before = _connection.SentBytes;
            Errno errno = SendBlocks(ref _queueHead, ref _queueStart);
            _queued -= (int)(_connection.SentBytes - before);
            if (_queueHead is null)
                _queueTail = null;
            return errno;
        }
    }

    private Errno SendBlocks(ref BufferBlock? head, ref int start)
    {
        while (head is not null)
        {
            SysResult sent = head.Next is null
                ? _connection.Socket.Send(head.Span(start, head.Filled))
                : SendPieces(head, start);
            if (!sent.IsOk)
                return sent.Errno;
            _connection.CountSent(sent.Value);
            Consume(ref head, ref start, sent.Value);
        }

        start = 0;
        return Errno.None;
    }

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

        return _connection.Socket.Send(pieces[..count]);
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

    private void DropQueue()
    {
        lock (_sync)
        {
            while (_queueHead is { } head)
            {
                _queueHead = head.Next;
                _connection.Loop.ReturnBlock(head);
            }

            _queueTail = null;
            _queueStart = _queued = 0;
        }
    }

    // A cancelled flush leaves its bytes behind, ahead of what was queued later.
    private void KeepBorrowed()
    {
        if (_borrowed.IsEmpty)
            return;
        BufferBlock copy = _connection.Loop.RentBlock(_borrowed.Length);
        _borrowed.Span.CopyTo(copy.FreeSpan);
        copy.Append(_borrowed.Length);
        lock (_sync)
        {
            if (_queueHead is null)
                _queueTail = copy;
            else
                copy.LinkTo(_queueHead);
            _queueHead = copy;
            _queued += copy.Filled;
            _borrowed = default;
        }
    }
}
