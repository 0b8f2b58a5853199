using System.Buffers;
using System.IO.Pipelines;
using Weir.Buffers;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

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
#pragma warning disable MA0158 // an object takes 24 bytes of every idle connection, a Lock 40
    private readonly object _sync = new();
#pragma warning restore MA0158

    private BufferBlock? _head;
    private BufferBlock? _tail;
    private int _headStart;
    private int _buffered;
    private int _unexamined;
    private Errno _fault;
    private bool _ended;
    private bool _cancelled;
    private bool _completed;
    private volatile bool _paused;

    internal ConnectionReader(Connection connection) => _connection = connection;

    /// <summary>Received and not yet consumed.</summary>
    public long BufferedBytes => Volatile.Read(ref _buffered);

    /// <summary>Whether the loop is to leave further bytes in the kernel.</summary>
    internal bool IsPaused => _paused;

    private bool HasNews => _unexamined > 0 || _ended || _cancelled || _fault != Errno.None;

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        bool resume;
        lock (_sync)
        {
            if (_completed)
                return;
            Advance(consumed, examined);
            KeepLittle();
            // Who has seen everything and keeps it needs more to go on, whatever the marks say.
            resume = _paused && (_unexamined == 0 || _buffered <= _connection.Options.ReceiveLowMarkBytes);
            if (resume)
                _paused = false;
        }

        if (resume)
            _connection.Request(ConnectionRequests.Receive);
    }

    /// <summary>Ends reading. What is unread is dropped; sending goes on.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (_sync)
        {
            _completed = true;
            _paused = true;
            ReleaseAll();
        }
    }

    /// <summary>Takes a block that the kernel has filled from its beginning; false when nobody wants it.</summary>
    internal bool Offer(BufferBlock block)
    {
        int count = block.Filled;
        lock (_sync)
        {
            if (_completed)
                return false;
            _buffered += count;
            _unexamined += count;
            if (_buffered >= _connection.Options.ReceiveHighMarkBytes)
            {
                _paused = true;
                _connection.Loop.Counters.PausedReceives++;
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

    /// <summary>The peer has finished; what was received before is still there to be read.</summary>
    internal void End()
    {
        lock (_sync)
            _ended = true;
    }

    internal void Fail(Errno errno)
    {
        lock (_sync)
            _fault = errno;
    }

    /// <summary>The connection closes: a read that waits ends, and later ones say at once that there is no more.</summary>
    internal void Close(Errno fault)
    {
        lock (_sync)
        {
            if (fault == Errno.None)
                _ended = true;
            else if (_fault == Errno.None)
                _fault = fault;
        }

        Publish();
    }

    private void Advance(SequencePosition consumed, SequencePosition examined)
    {
        if (examined.GetObject() is BufferBlock examinedBlock && _tail is not null)
        {
            long end = _tail.RunningIndex + _tail.Filled;
            _unexamined = (int)(end - (examinedBlock.RunningIndex + examined.GetInteger()));
        }

        if (consumed.GetObject() is not BufferBlock consumedBlock)
            return;
        while (_head is { } head && head != consumedBlock)
            ReleaseHead(head);
        if (_head is null)
            throw new InvalidOperationException("The position is not of the bytes that were read last.");

        int index = consumed.GetInteger();
        _buffered -= index - _headStart;
        _headStart = index;
        if (index == _head.Filled)
            ReleaseHead(_head);
    }

    // A reader that has looked at everything and keeps a few bytes waits for the rest of a message, perhaps for long. Nothing is
    // lent now, so they may be moved: a peer that sends byte by byte costs a small block and not a large one.
    private void KeepLittle()
    {
        if (_head is not { } block || block != _tail || _unexamined > 0 || _buffered > EventLoop.SmallBlockBytes / 2
            || block.Capacity == EventLoop.SmallBlockBytes)
            return;
        BufferBlock small = _connection.Loop.RentSmallBlock();
        block.Span(_headStart, block.Filled).CopyTo(small.FreeSpan);
        small.Append(_buffered);
        _connection.Loop.ReturnBlock(block);
        _head = _tail = small;
        _headStart = 0;
    }

    private void ReleaseHead(BufferBlock head)
    {
        _buffered -= head.Filled - _headStart;
        _head = head.Next;
        _headStart = 0;
        if (_head is null)
            _tail = null;
        _connection.Loop.ReturnBlock(head);
    }

    private void ReleaseAll()
    {
        while (_head is { } head)
            ReleaseHead(head);
        _unexamined = 0;
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
            throw new SocketCallException("recv", _fault);
        bool cancelled = _cancelled;
        _cancelled = false;
        ReadOnlySequence<byte> bytes = _head is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(_head, _headStart, _tail!, _tail!.Filled);
        return new ReadResult(bytes, cancelled, isCompleted: _ended);
    }
}
