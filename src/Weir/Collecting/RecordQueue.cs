namespace Weir.Collecting;

/// <summary>
/// Between those who receive and the one who writes: records are gathered in one batch while the batch before is written. When both
/// together reach the limit, whoever has more waits for its turn, and so does its peer.
/// </summary>
/// <param name="limitBytes">One record may exceed it.</param>
/// <param name="countsOctets">Whether records go out behind their lengths.</param>
internal sealed class RecordQueue(int limitBytes, bool countsOctets)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private RecordBatch _gathered = new(countsOctets);
    private RecordBatch _written = new(countsOctets);
    private TaskCompletionSource? _idleWriter;
    private int _writtenBytes;
    private bool _isWoken;
    private bool _isComplete;
    private bool _isClosed;

    /// <summary>Gathered and not yet written.</summary>
    public int WaitingBytes
    {
        get
        {
            lock (_lock)
                return _gathered.Bytes + _writtenBytes - _written.TakenBytes;
        }
    }

    private bool HasRoom => _gathered.Bytes + _writtenBytes < limitBytes;

    /// <summary>Takes every record that the source has, and waits for room as often as that needs.</summary>
    /// <exception cref="OperationCanceledException">The queue is closed: nobody writes any more.</exception>
    public async ValueTask TakeAllAsync(IRecordSource source)
    {
        for (bool hasTurn = false; !TryTakeAll(source, hasTurn, out Task turn); hasTurn = true)
            await turn.ConfigureAwait(false);
    }

    /// <summary>The next batch, when there is one. The batch before has been written.</summary>
    /// <returns>An empty one when the writer was woken, and at the end.</returns>
    public async ValueTask<RecordBatch> NextAsync()
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                _written.Clear();
                _writtenBytes = 0;
                LetNextIn();
                if (_gathered.Count > 0 || _isComplete || _isClosed || _isWoken)
                    return SwapBatches();
                _idleWriter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                news = _idleWriter.Task;
            }

            await news.ConfigureAwait(false);
        }
    }

    /// <summary>Whether nothing comes after an empty batch.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock)
                return _isComplete || _isClosed;
        }
    }

    /// <summary>The writer looks up from its wait.</summary>
    public void WakeWriter()
    {
        lock (_lock)
        {
            _isWoken = true;
            WakeWriterLocked();
        }
    }

    /// <summary>Nothing more comes; the writer gets what there is, and then an empty batch.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            WakeWriterLocked();
        }
    }

    /// <summary>Nobody writes any more: those who wait, and who come, are told so.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            WakeWriterLocked();
            while (_waiting.TryDequeue(out TaskCompletionSource? turn))
                turn.SetResult();
        }
    }

    private bool TryTakeAll(IRecordSource source, bool hasTurn, out Task nextTurn)
    {
        nextTurn = Task.CompletedTask;
        lock (_lock)
        {
            if (_isClosed)
                throw new OperationCanceledException("Nobody writes any more.");
            // Whoever comes anew stands behind those who wait.
            if ((hasTurn || _waiting.Count == 0) && TakeWhileRoom(source))
                return true;
            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            nextTurn = turn.Task;
            return false;
        }
    }

    private bool TakeWhileRoom(IRecordSource source)
    {
        try
        {
            while (HasRoom)
            {
                if (!source.TryTake(_gathered))
                    return true;
            }

            return false;
        }
        finally
        {
            // Also when the source fails, or those behind it would wait for ever.
            if (_gathered.Count > 0)
                WakeWriterLocked();
            LetNextIn();
        }
    }

    // One at a time: who has taken what it needs and leaves room lets the next one in.
    private void LetNextIn()
    {
        if (HasRoom && _waiting.TryDequeue(out TaskCompletionSource? turn))
            turn.SetResult();
    }

    private RecordBatch SwapBatches()
    {
        (_gathered, _written) = (_written, _gathered);
        _writtenBytes = _written.Bytes;
        _isWoken = false;
        return _written;
    }

    private void WakeWriterLocked()
    {
        _idleWriter?.TrySetResult();
        _idleWriter = null;
    }
}
