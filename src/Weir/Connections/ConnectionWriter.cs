using System.IO.Pipelines;
using Weir.Buffers;
using Weir.Linux;

namespace Weir;

/// <summary>
/// The writing end of a connection. A flush sends on the calling thread; only what the kernel refuses is left to the loop. A flush
/// is complete when its bytes have left for the kernel.
/// </summary>
public sealed partial class ConnectionWriter : PipeWriter
{
    private readonly Connection _connection;
    private readonly object _sync;

    // Written and not flushed; the caller's alone.
    private BufferBlock? _stagedHead;
    private BufferBlock? _stagedTail;
    private int _staged;
    private bool _completed;

    internal ConnectionWriter(Connection connection, object sync)
    {
        _connection = connection;
        _sync = sync;
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _staged;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint).FreeMemory;

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).FreeSpan;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (bytes == 0)
            return;
        if (_stagedTail is null || (uint)bytes > (uint)_stagedTail.FreeBytes)
            throw new InvalidOperationException("Advance goes beyond the memory that GetMemory gave.");
        _stagedTail.Append(bytes);
        _staged += bytes;
    }

    /// <summary>
    /// Writes and flushes. When nothing waits before it, the source itself goes to the kernel: it must stay as it is until the
    /// task ends, as for a stream.
    /// </summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (_staged > 0 || !_gate.TryEnter())
        {
            Stage(source.Span);
            return FlushAsync(cancellationToken);
        }

        SysResult sent = _connection.Socket.Send(source.Span);
        if (sent.IsOk)
            _connection.CountSent(sent.Value);
        if (sent.IsOk && sent.Value == source.Length)
            return Leave();
        if (!sent.IsOk && sent.Errno is not (Errno.EAGAIN or Errno.EINTR))
            return Fail(sent.Errno);
        _borrowed = source[(sent.IsOk ? sent.Value : 0)..];
        return WaitForLoop(cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (_staged == 0 && _gate.IsIdle)
        {
            ReleaseStaged();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: TakeCancelled(), isCompleted: false));
        }

        if (!_gate.TryEnter())
            return FlushBehindOthers(cancellationToken);

        Errno errno = SendStaged();
        if (errno == Errno.None)
            return Leave();
        if (errno is not Errno.EAGAIN)
            return Fail(errno);
        return WaitForLoop(cancellationToken);
    }

    /// <summary>Ends writing: what was written leaves, then the peer gets the end of the stream. Reading goes on.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;
        _completed = true;
        if (exception is not null)
        {
            ReleaseStaged();
            _connection.Abort();
            return;
        }

        if (_staged > 0)
        {
            Enqueue();
            NoteQueued();
        }

        ReleaseStaged();
        _connection.Request(ConnectionRequests.FinishSending);
    }

    private BufferBlock Room(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_completed)
            throw new InvalidOperationException("The writer is complete; nothing can be written to it.");
        if (_stagedTail is { } tail && tail.FreeBytes >= Math.Max(sizeHint, 1))
            return tail;

        BufferBlock block = _connection.Loop.RentBlock(sizeHint);
        if (_stagedTail is null)
            _stagedHead = block;
        else
            _stagedTail.LinkTo(block);
        return _stagedTail = block;
    }

    private void Stage(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            Span<byte> room = GetSpan();
            int count = Math.Min(room.Length, source.Length);
            source[..count].CopyTo(room);
            Advance(count);
            source = source[count..];
        }
    }

    private void ReleaseStaged()
    {
        while (_stagedHead is { } head)
        {
            _stagedHead = head.Next;
            _connection.Loop.ReturnBlock(head);
        }

        _stagedTail = null;
        _staged = 0;
    }

    private void ThrowIfUnusable()
    {
        if (_completed)
            throw new InvalidOperationException("The writer is complete; nothing can be written to it.");
        if (_waiting)
            throw new InvalidOperationException("A flush is waiting already; await it before the next.");
    }
}
