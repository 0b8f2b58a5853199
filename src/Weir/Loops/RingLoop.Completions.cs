using Weir.Buffers;
using Weir.Linux;
using Weir.Polling;
using Weir.Rings;
using static Weir.Linux.Uapi;

namespace Weir.Loops;

// What the kernel has done.
internal sealed partial class RingLoop
{
    private void Complete(io_uring_cqe completion)
    {
        Counters.Events++;
        ulong token = RingOperations.Token(completion.user_data);
        switch (RingOperations.Kind(completion.user_data))
        {
            case RingOperationKind.Receive when _sources.Find(token) is Connection connection:
                CompleteReceive(connection, completion);
                break;
            case RingOperationKind.Accept when _sources.Find(token) is Acceptor acceptor:
                CompleteAccept(acceptor, completion);
                break;
            case RingOperationKind.Poll or RingOperationKind.PollRoom when _sources.Find(token) is { } source:
                CompletePoll(source, completion);
                break;
            case RingOperationKind.Wake when IsLast(completion):
                WaitForWake();
                break;
            case RingOperationKind.Cancel when completion.res < 0 && _sources.Find(token) is { } source:
                // ENOENT, EALREADY: it was at work just then, and has to be asked again.
                if (_sources.State(token).Has(RingWatch.Cancelling))
                    Cancel(UserData(source, source is Acceptor ? RingOperationKind.Accept : RingOperationKind.Receive));
                break;
            case RingOperationKind.MessageSent when completion.res < 0:
                _messaged[(int)token]._wakeUp.Signal();
                break;
        }
    }

    private void CompleteReceive(Connection connection, io_uring_cqe completion)
    {
        BufferBlock? block = TakeBlock(completion);
        bool isLast = IsLast(completion);
        if (isLast)
            End(connection, RingWatch.Receiving | RingWatch.Cancelling);
        if (completion.res > 0)
        {
            connection.OnReceived(block!, completion.res);
        }
        else
        {
            if (block is not null)
                Pool.Return(block, onLoop: true);
            OnNothingReceived(connection, (Errno)(-completion.res));
        }

        if (isLast)
            connection.OnReceiveEnded();
        UpdateInterest(connection);
    }

    private void OnNothingReceived(Connection connection, Errno errno)
    {
        switch (errno)
        {
            case Errno.ENOBUFS:
                Counters.BufferShortages++;
                _sources.State(Token(connection)) |= RingWatch.WithoutBuffer;
                _withoutBuffer.Enqueue(Token(connection));
                break;
            case Errno.ECANCELED or Errno.EINTR or Errno.EAGAIN:
                Counters.Rearms++;
                break;
            default:
                connection.OnReceiveFailed(errno);
                break;
        }
    }

    private void CompleteAccept(Acceptor acceptor, io_uring_cqe completion)
    {
        bool isLast = IsLast(completion);
        if (isLast)
            End(acceptor, RingWatch.Accepting | RingWatch.Cancelling);
        if (completion.res >= 0)
            acceptor.OnAccepted(completion.res);
        else
            acceptor.OnAcceptFailed((Errno)(-completion.res));
        if (!isLast && _sources.Find(acceptor.Token) == acceptor && !acceptor.MayAcceptAhead && !_sources.State(acceptor.Token).Has(RingWatch.Cancelling))
            Cancel(acceptor, RingOperationKind.Accept);
        AcceptAgain(acceptor, isLast);
    }

    private void CompletePoll(IReadySource source, io_uring_cqe completion)
    {
        bool isRoom = RingOperations.Kind(completion.user_data) == RingOperationKind.PollRoom;
        bool isLast = IsLast(completion);
        if (isLast)
            End(source, isRoom ? RingWatch.PollingRoom : RingWatch.Polling);
        if (completion.res < 0)
        {
            OnPollFailed(source, (Errno)(-completion.res));
            return;
        }

        var events = (PollEvents)completion.res;
        // The peer's end comes without being asked for (IO_POLL_UNMASK, io_uring/poll.c), and would come again at once, for ever.
        if (isRoom && !events.Has(PollEvents.Writable | PollEvents.Error | PollEvents.HangUp))
            _sources.State(source.Token) |= RingWatch.RoomByEdge;
        source.OnReady(events);
        if (!isLast || isRoom || _sources.Find(source.Token) != source)
        {
            UpdateInterest(source);
            return;
        }

        switch (source)
        {
            case Acceptor acceptor:
                AcceptAgain(acceptor, isLast: true);
                break;
            case Connection:
                Counters.Rearms++;
                Poll(source, BothDirections, isMultishot: true);
                break;
            case SocketReadiness:
                Counters.Rearms++;
                Poll(source, PollEvents.Readable | PollEvents.PeerFinished, isMultishot: true);
                break;
        }
    }

    // ENOMEM: nothing watches the source any more.
    private static void OnPollFailed(IReadySource source, Errno errno)
    {
        switch (source)
        {
            case Acceptor acceptor:
                acceptor.OnAcceptFailed(errno);
                break;
            case ConnectOperation operation:
                operation.OnPollFailed(errno);
                break;
            case SocketReadiness readiness:
                readiness.Fail(errno);
                break;
            case Connection connection:
                connection.OnReceiveFailed(errno);
                connection.Abort();
                break;
        }
    }

    private void AcceptAgain(Acceptor acceptor, bool isLast)
    {
        if (!isLast || _sources.Find(acceptor.Token) != acceptor)
            return;
        Counters.Rearms++;
        Accept(acceptor);
    }

    // Readers have given blocks back, or there are to be more.
    private void ReceiveAgain()
    {
        _buffers!.Grow();
        _buffers.Refill();
        for (int count = _withoutBuffer.Count; count > 0; count--)
        {
            if (_sources.Find(_withoutBuffer.Dequeue()) is not Connection connection)
                continue;
            Counters.Rearms++;
            _sources.State(Token(connection)) &= ~RingWatch.WithoutBuffer;
            UpdateInterest(connection);
        }
    }

    private void End(IReadySource source, RingWatch watch)
    {
        _sources.State(source.Token) &= ~watch;
        Counters.OutstandingOperations--;
    }

    private BufferBlock? TakeBlock(io_uring_cqe completion) =>
        (completion.flags & IORING_CQE_F_BUFFER) != 0 ? _buffers!.Take((ushort)(completion.flags >> IORING_CQE_BUFFER_SHIFT)) : null;

    private static bool IsLast(io_uring_cqe completion) => (completion.flags & IORING_CQE_F_MORE) == 0;
}
