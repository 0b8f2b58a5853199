using System.IO.Pipelines;
using Weir.Linux;

namespace Weir;

// Where another flush is likely to follow, flushes leave together: while something is unread (pipelined requests, a body), and while a read
// waits at the same time (HTTP/2, WebSockets).
public sealed partial class ConnectionWriter
{
    // From this size on a copy would cost more than a call.
    private const int LargeWriteBytes = 4096;

    private bool MayGather => _connection.Options.GatherHighMarkBytes > 0;

    private bool Gathers => MayGather && (_connection.Input.IsWaiting || _connection.Input.BufferedBytes > 0);

    /// <summary>On the thread pool: sends what was gathered, unless the loop was faster.</summary>
    internal void SendGathered()
    {
        if (!_gate.TryEnterQueued())
            return;

        Errno errno = Queue.Send();
        if (errno is not (Errno.None or Errno.EAGAIN))
        {
            _connection.SetFault(errno);
            CloseGate();
            CompleteFlush();
            // It may wait for the last byte to leave.
            _connection.Request(ConnectionRequests.Send);
            return;
        }

        bool isFlushed = errno is Errno.None && Queue.TakeFlushed();
        if (errno is Errno.EAGAIN || !_gate.TryLeave())
            LeaveToLoop();
        else if (_completed)
            _connection.Request(ConnectionRequests.Send);
        if (isFlushed)
            Queue.Resume();
    }

    // Done as soon as the bytes are queued, while these are below the mark.
    private ValueTask<FlushResult> Gather(CancellationToken cancellationToken)
    {
        if (_gate.IsClosed)
        {
            ReleaseStaged();
            return new ValueTask<FlushResult>(TakeResult(isClosed: true));
        }

        QueueCompactly();
        if (Queue.Bytes > _connection.Options.GatherHighMarkBytes)
            return WaitBehindOthers(cancellationToken);

        if (NoteQueued())
            Queue.SendSoon();
        return new ValueTask<FlushResult>(TakeResult(_gate.IsClosed));
    }

    // The last of several flushes, as far as one can see: all leave, on this thread. With the gate held.
    private ValueTask<FlushResult> SendWithGathered(CancellationToken cancellationToken)
    {
        QueueCompactly();
        return Queue.Send() switch
        {
            Errno.None when !_connection.HasHadItsShare => Leave(),
            Errno.None or Errno.EAGAIN => WaitForLoop(cancellationToken),
            Errno errno => Fail(errno),
        };
    }

    private void QueueCompactly()
    {
        if (_staged > 0 && Queue.TryCopy(_stagedHead!))
            ReleaseStaged();
        else
            AppendStaged();
    }

    private void LeaveToLoop()
    {
        if (_gate.LeaveQueued())
        {
            _connection.Request(ConnectionRequests.Send);
            return;
        }

        // The connection was closed meanwhile: nobody else will look at the queue.
        CloseGate();
        CompleteFlush();
    }
}
