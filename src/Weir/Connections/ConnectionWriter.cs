using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Weir.Buffers;
using Weir.Linux;

namespace Weir;

/// <summary>
/// The writing end of a connection. A flush sends on the calling thread; only what the kernel refuses is left to the loop. A flush
/// is complete when its bytes have left for the kernel, or, where flushes gather, when it is queued.
/// </summary>
public sealed partial class ConnectionWriter : PipeWriter
{
    private readonly Connection _connection;

    // Written and not flushed; the caller's alone.
    private BufferBlock? _stagedHead;
    private BufferBlock? _stagedTail;
    private int _staged;
    private bool _completed;

    internal ConnectionWriter(Connection connection) => _connection = connection;

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
    /// <exception cref="InvalidOperationException">A flush is waiting, or the writer is complete.</exception>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (source.IsEmpty)
            return FlushAsync(cancellationToken);
        if (_staged > 0 || (source.Length < LargeWriteBytes && Gathers) || !_gate.TryEnter())
        {
            Stage(source.Span);
            return FlushAsync(cancellationToken);
        }

        SysResult sent = _connection.Send(source.Span);
        if (sent.IsOk)
            _connection.CountSent(sent.Value);
        if (sent.IsOk && sent.Value == source.Length)
            return _connection.HasHadItsShare ? WaitForLoop(cancellationToken) : Leave();
        if (!sent.IsOk && sent.Errno is not Errno.EAGAIN)
            return Fail(sent.Errno);
        _connection.Loop.Counters.CountRefusedSend();
        Queue.Borrow(source[(sent.IsOk ? sent.Value : 0)..]);
        return WaitForLoop(cancellationToken);
    }

    /// <summary>The same for bytes in several pieces, such as a reader lends them.</summary>
    public ValueTask<FlushResult> WriteAsync(in ReadOnlySequence<byte> source, CancellationToken cancellationToken = default) =>
        source.IsSingleSegment ? WriteAsync(source.First, cancellationToken) : WritePiecesAsync(source, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (_staged == 0 && _gate.IsIdle)
        {
            ReleaseStaged();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: TakeCancelled(), isCompleted: false));
        }

        if (Gathers)
            return Gather(cancellationToken);
        if (!_gate.TryEnter())
            return MayGather && _gate.TryEnterQueued() ? SendWithGathered(cancellationToken) : FlushBehindOthers(cancellationToken);

        return SendStaged() switch
        {
            Errno.None when !_connection.HasHadItsShare => Leave(),
            Errno.None or Errno.EAGAIN => WaitForLoop(cancellationToken),
            Errno errno => Fail(errno),
        };
    }

    /// <summary>The flush that waits, or else the next one, ends with <see cref="FlushResult.IsCanceled"/>; its bytes still leave.</summary>
    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _cancelled, true);
        _connection.Request(ConnectionRequests.CancelFlush);
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

        QueueStaged();
        _connection.Request(ConnectionRequests.FinishSending);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WritePiecesAsync(ReadOnlySequence<byte> source, CancellationToken cancellationToken)
    {
        bool isCancelled = false;
        foreach (ReadOnlyMemory<byte> piece in source)
        {
            // Cancelled or not, all pieces leave: half of them would be of no use to anybody.
            if (isCancelled)
            {
                Stage(piece.Span);
                continue;
            }

            FlushResult flushed = await WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
                return flushed;
            isCancelled = flushed.IsCanceled;
        }

        if (isCancelled)
            QueueStaged();
        return new FlushResult(isCancelled, isCompleted: false);
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
        if (_queue is { IsWaiting: true })
            throw new InvalidOperationException("A flush is waiting already; await it before the next.");
    }
}
