using System.Buffers;
using System.IO.Pipelines;
using Weir.Buffers;
using Weir.Linux;
using Weir.Loops;

namespace Weir;

/// <summary>
/// The reading end of a connection. It lends out the very blocks that the kernel filled; they go back when
/// <see cref="AdvanceTo(SequencePosition, SequencePosition)"/> has moved past them.
/// </summary>
public sealed partial class ConnectionReader : PipeReader
{
    // A few bytes that find unread ones before them are copied behind them, so that a peer which sends byte by byte
    // does not take a block for each.
    private const int CopyLimitBytes = 1024;

    private readonly Connection _connection;

    // What was received and how far the reader has come: the loop and whoever reads meet here.
    private BriefLock _lock;
    private BufferBlock? _head;
    private BufferBlock? _tail;
    private int _headStart;
    private int _buffered;
    private int _unexamined;
    private Errno _fault;
    private bool _ended;
    private bool _cancelled;
    private bool _completed;
    private volatile Pause _pause;

    internal ConnectionReader(Connection connection) => _connection = connection;

    /// <summary>Received and not yet consumed.</summary>
    public long BufferedBytes => Volatile.Read(ref _buffered);

    /// <summary>Whether the loop is to leave further bytes in the kernel.</summary>
    internal bool IsPaused => _pause == Pause.Full;

    /// <summary>Whether no level is to be watched, because the loop has no buffers for who holds unread bytes.</summary>
    internal bool IsParked => _pause == Pause.Parked;

    private enum Pause : byte
    {
        None,

        /// <summary>The high mark is reached, or nobody reads any more.</summary>
        Full,
        Parked,
    }

    private bool HasNews => _unexamined > 0 || _ended || _cancelled || _fault != Errno.None;

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        bool resume;
        BufferBlock? first;
        BufferBlock? kept;
        using (_lock.Enter())
        {
            if (_completed)
                return;
            first = _head;
            if (IsAll(consumed))
            {
                _head = _tail = kept = null;
                _buffered = _unexamined = _headStart = 0;
            }
            else
            {
                Advance(consumed, examined);
                kept = KeepLittle() ? null : _head;
            }

            resume = _pause != Pause.None && EndsPause();
            if (resume)
                _pause = Pause.None;
        }

        Return(first, kept);
        if (resume)
            _connection.Request(ConnectionRequests.Receive);
    }

    /// <summary>Ends reading. What is unread is dropped; sending goes on.</summary>
    public override void Complete(Exception? exception = null)
    {
        BufferBlock? unread;
        using (_lock.Enter())
        {
            _completed = true;
            _pause = Pause.Full;
            unread = _head;
            _head = _tail = null;
            _buffered = _unexamined = _headStart = 0;
        }

        Return(unread, kept: null);
    }

    /// <summary>Takes a block that the kernel has filled from its beginning.</summary>
    /// <param name="block">The block; it is the reader's when the answer is true.</param>
    /// <param name="isLast">Nothing more comes now, so that a read which waits may go on with this.</param>
    /// <param name="resumes">Whether one waited: the caller resumes it.</param>
    /// <returns>False when nobody wants the block, or its bytes were copied.</returns>
    internal bool Offer(BufferBlock block, bool isLast, out bool resumes)
    {
        int count = block.Filled;
        resumes = false;
        using (_lock.Enter())
        {
            if (_completed)
                return false;
            _buffered += count;
            _unexamined += count;
            if (isLast && _waiting)
            {
                _waiting = false;
                resumes = true;
            }

            if (_buffered >= _connection.Options.ReceiveHighMarkBytes)
            {
                _pause = Pause.Full;
                _connection.NoteFull();
            }

            if (_tail is not null && count <= CopyLimitBytes && count <= _tail.FreeBytes)
            {
                block.Span(0, count).CopyTo(_tail.FreeSpan);
                _tail.Append(count);
                return false;
            }

            Link(block);
            return true;
        }
    }

    /// <summary>Where only what is wanted is watched: asks to be told when everything is consumed. False when it is.</summary>
    internal bool TryPark()
    {
        using (_lock.Enter())
        {
            if (_buffered == 0)
                return false;
            _pause = Pause.Parked;
            return true;
        }
    }

    /// <summary>Buffers have come back.</summary>
    internal void Unpark()
    {
        using (_lock.Enter())
        {
            if (_pause == Pause.Parked)
                _pause = Pause.None;
        }
    }

    /// <summary>The peer has finished; what was received before is still there to be read.</summary>
    internal void End()
    {
        using (_lock.Enter())
            _ended = true;
    }

    internal void Fail(Errno errno)
    {
        using (_lock.Enter())
            _fault = errno;
    }

    /// <summary>The connection closes: a read that waits ends, and later ones say at once that there is no more.</summary>
    internal void Close(Errno fault)
    {
        using (_lock.Enter())
        {
            // What the peer finished in order stays finished, whatever ends the connection afterwards.
            if (fault == Errno.None)
                _ended = true;
            else if (_fault == Errno.None && !_ended)
                _fault = fault;
        }

        Publish();
    }

    // What most handlers do: the position is the end of everything that was received.
    private bool IsAll(SequencePosition consumed) =>
        _tail is { } tail && ReferenceEquals(consumed.GetObject(), tail) && consumed.GetInteger() == tail.Filled;

    private bool IsOurs(SequencePosition position)
    {
        if (position.GetObject() is not BufferBlock wanted)
            return true;
        for (BufferBlock? block = _head; block is not null; block = block.Next)
        {
            if (block == wanted)
                return position.GetInteger() <= block.Filled && (block != _head || position.GetInteger() >= _headStart);
        }

        return false;
    }

    // Called with the lock held. Who has seen everything and keeps it needs more to go on, whatever the marks say; who holds nothing may
    // receive whatever others hold.
    private bool EndsPause() => _pause == Pause.Parked
        ? _buffered == 0
        : _unexamined == 0 || _buffered <= _connection.Options.ReceiveLowMarkBytes;

    // Called with the lock held.
    private void Advance(SequencePosition consumed, SequencePosition examined)
    {
        if (!IsOurs(consumed) || !IsOurs(examined))
            throw new InvalidOperationException("The position is not of the bytes that were read last.");
        if (examined.GetObject() is BufferBlock examinedBlock && _tail is not null)
        {
            long end = _tail.RunningIndex + _tail.Filled;
            _unexamined = (int)(end - (examinedBlock.RunningIndex + examined.GetInteger()));
        }

        if (consumed.GetObject() is not BufferBlock consumedBlock)
            return;
        while (_head != consumedBlock)
            PassHead(_head!);

        int index = consumed.GetInteger();
        _buffered -= index - _headStart;
        _headStart = index;
        if (index == _head.Filled)
            PassHead(_head);
    }

    private void PassHead(BufferBlock head)
    {
        _buffered -= head.Filled - _headStart;
        _head = head.Next;
        _headStart = 0;
        if (_head is null)
            _tail = null;
    }

    // A reader that has looked at everything and keeps a few bytes waits for the rest of a message, perhaps for long. Nothing is
    // lent now, so they may be moved: a peer that sends byte by byte costs a small block and not a large one.
    private bool KeepLittle()
    {
        if (_head is not { } block || block != _tail || _unexamined > 0 || _buffered > EventLoop.SmallBlockBytes / 2
            || block.Capacity == EventLoop.SmallBlockBytes)
            return false;
        BufferBlock small = _connection.Loop.RentSmallBlock();
        block.Span(_headStart, block.Filled).CopyTo(small.FreeSpan);
        small.Append(_buffered);
        _head = _tail = small;
        _headStart = 0;
        return true;
    }

    // Outside the lock: a block that comes back may wake the loop.
    private void Return(BufferBlock? first, BufferBlock? kept)
    {
        for (BufferBlock? block = first; block is not null && block != kept;)
        {
            BufferBlock? next = block.Next;
            _connection.Loop.ReturnBlock(block);
            block = next;
        }
    }

    private void Link(BufferBlock block)
    {
        if (_tail is null)
            _head = block;
        else
            _tail.LinkTo(block);
        _tail = block;
    }

    // Called with the lock held.
    private ReadResult TakeResult()
    {
        if (_fault != Errno.None && _unexamined == 0 && !_cancelled)
            throw _connection.FaultException(_fault);
        bool cancelled = _cancelled;
        _cancelled = false;
        ReadOnlySequence<byte> bytes = _head is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(_head, _headStart, _tail!, _tail!.Filled);
        return new ReadResult(bytes, cancelled, isCompleted: _ended);
    }
}
