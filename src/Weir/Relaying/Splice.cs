using Weir.Linux;
using Weir.Loops;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// One direction of a long transfer between two connections of one loop, moved by the kernel through a pipe (splice(2)). The pipe is emptied before
/// it is filled again, so a slow receiver holds its sender, and an end is seen only when everything before it has left.
/// </summary>
internal sealed class Splice : IDiversion, IDisposable
{
    // As much as a pipe has room for when it is made; larger ones cost more CPU per byte.
    private const int PipeBytes = 64 * 1024;

    // Two calls for a few bytes are dearer than copying them.
    private const int SmallMoveBytes = 8 * 1024;
    private const int SmallMovesUntilEnd = 16;

    // One pipe for so many descriptors that the process may have; whoever gets none copies.
    private const int DescriptorsPerPipe = 6;

    private static int s_pipes;

    private readonly Connection _from;
    private readonly Connection _to;
    private readonly SafeFd _pipeOut;
    private readonly SafeFd _pipeIn;
    private int _inPipeBytes;
    private int _smallMoves;
    private bool _waitsForRoom;

    private Splice(Connection from, Connection to, int pipeOut, int pipeIn) =>
        (_from, _to, _pipeOut, _pipeIn) = (from, to, new SafeFd(pipeOut), new SafeFd(pipeIn));

    /// <summary>The destination takes nothing more.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>
    /// Begins, on the thread of the loop of both. Null when it cannot: they are of different loops, something is still unread, or there is no
    /// descriptor left for a pipe.
    /// </summary>
    public static Splice? TryStart(Connection from, Connection to)
    {
        // Level-triggered loops watch for room only while something is queued; and where receives complete, one is always under way.
        EventLoop loop = from.Loop;
        bool canSplice = loop == to.Loop && loop.IsCurrent && loop.Inline && !loop.IsLevelTriggered && !loop.ReceivesByCompletion;
        if (!canSplice || from.Input.BufferedBytes > 0 || !from.IsOpen || !to.IsOpen)
            return null;
        if (Interlocked.Increment(ref s_pipes) > DescriptorReserve.First / DescriptorsPerPipe
            || !Sys.Pipe(out int pipeOut, out int pipeIn, O_CLOEXEC | O_NONBLOCK).IsOk)
        {
            Interlocked.Decrement(ref s_pipes);
            return null;
        }

        var splice = new Splice(from, to, pipeOut, pipeIn);
        from.Divert(splice, to);
        return splice;
    }

    public bool Receive(ref int remaining)
    {
        if (!TryEmpty())
            return false;
        SysResult moved = Sys.Splice(_from.Socket.Fd.Number, _pipeIn.Number, PipeBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (moved.IsOk && moved.Value > 0)
        {
            remaining -= moved.Value;
            _inPipeBytes = moved.Value;
            _from.CountReceived(moved.Value);
            _from.Loop.Counters.SplicedBytes += moved.Value;
            return TryEmpty() && GoesOn(moved.Value);
        }

        if (moved.IsOk || moved.Errno is not (Errno.EAGAIN or Errno.EINTR))
            _from.EndInputDiverted(moved.Errno);
        return moved.Errno is Errno.EINTR;
    }

    public void OnRoom()
    {
        if (!_waitsForRoom)
            return;
        _waitsForRoom = false;
        _from.ReceiveDiverted();
    }

    public void Dispose()
    {
        _from.EndDiversion(_to);
        _pipeOut.Dispose();
        _pipeIn.Dispose();
        Interlocked.Decrement(ref s_pipes);
    }

    private bool TryEmpty()
    {
        while (_inPipeBytes > 0)
        {
            SysResult moved = _to.IsOpen
                ? Sys.Splice(_pipeOut.Number, _to.Socket.Fd.Number, _inPipeBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
                : SysResult.Failed(Errno.EPIPE);
            if (moved.IsOk)
            {
                _inPipeBytes -= moved.Value;
                _to.CountSent(moved.Value);
            }
            else if (moved.Errno is Errno.EAGAIN)
            {
                _waitsForRoom = true;
                return false;
            }
            else if (moved.Errno is not Errno.EINTR)
            {
                Refuse(moved.Errno);
                return false;
            }
        }

        return true;
    }

    private void Refuse(Errno errno)
    {
        _inPipeBytes = 0;
        WasRefused = true;
        _to.SetFault(errno);
        _from.Input.CancelPendingRead();
    }

    // The transfer has become a conversation: the pump copies again.
    private bool GoesOn(int movedBytes)
    {
        _smallMoves = movedBytes < SmallMoveBytes ? _smallMoves + 1 : 0;
        if (_smallMoves == SmallMovesUntilEnd)
            _from.Input.CancelPendingRead();
        return true;
    }
}
