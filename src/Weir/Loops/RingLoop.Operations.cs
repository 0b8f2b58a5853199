using Weir.Linux;
using Weir.Polling;
using Weir.Rings;
using Weir.Sockets;

namespace Weir.Loops;

// What the kernel is asked for, and asked to give up.
internal sealed partial class RingLoop
{
    private void Poll(IReadySource source, PollEvents events, bool isMultishot) =>
        Start(source, RingWatch.Polling, RingOperations.Poll(source.Fd.Number, (uint)events, isMultishot, UserData(source, RingOperationKind.Poll)));

    private void PollRoom(IReadySource source)
    {
        RingWatch watch = _sources.State(source.Token);
        if (watch.Has(RingWatch.PollingRoom))
            return;
        Start(
            source,
            RingWatch.PollingRoom,
            RingOperations.Poll(source.Fd.Number, (uint)PollEvents.Writable, isMultishot: watch.Has(RingWatch.RoomByEdge), UserData(source, RingOperationKind.PollRoom)));
    }

    // Where places or descriptors are few each connection is asked for by itself: the kernel would accept without a look at them.
    private void Accept(Acceptor acceptor)
    {
        if (Has(RingFeatures.MultishotAccept) && acceptor.MayAcceptAhead)
            Start(acceptor, RingWatch.Accepting, RingOperations.AcceptMany(acceptor.Socket.Fd.Number, UserData(acceptor, RingOperationKind.Accept)));
        else
            Poll(acceptor, PollEvents.Readable, isMultishot: false);
    }

    private void UpdateReceive(Connection connection)
    {
        RingWatch watch = _sources.State(Token(connection));
        bool isWanted = ((IReadySource)connection).Wanted.Has(PollEvents.Readable);
        if (isWanted && !watch.Has(RingWatch.Receiving | RingWatch.WithoutBuffer))
            Receive(connection);
        else if (!isWanted && (watch & (RingWatch.Receiving | RingWatch.Cancelling)) == RingWatch.Receiving)
            Cancel(connection, RingOperationKind.Receive);
    }

    private void Receive(Connection connection)
    {
        bool isMultishot = Has(RingFeatures.MultishotReceive) && connection.MayReceiveMany;
        ulong userData = UserData(connection, RingOperationKind.Receive);
        Start(
            connection,
            RingWatch.Receiving,
            RingOperations.Receive(connection.Socket.Fd.Number, isMultishot, connection.ReceiveCreditBytes, userData));
        connection.OnReceiveBegun();
    }

    private void Start(IReadySource source, RingWatch watch, io_uring_sqe operation)
    {
        _sources.State(source.Token) |= watch;
        Counters.OutstandingOperations++;
        _ring.Push(operation);
    }

    // The rest of what is under way still comes.
    private void Cancel(IReadySource source, RingOperationKind kind)
    {
        _sources.State(source.Token) |= RingWatch.Cancelling;
        Cancel(UserData(source, kind));
    }

    private void Cancel(ulong operation)
    {
        Counters.Cancels++;
        ulong userData = RingOperations.UserData(RingOperations.Token(operation), RingOperationKind.Cancel);
        _ring.Push(RingOperations.Cancel(operation, userData, _ring.HasSilentSuccess));
    }

    // close(2) does not end an operation, which keeps the socket open: what is under way has ended when this returns.
    private void Remove(IReadySource source)
    {
        RingWatch watch = _sources.State(source.Token);
        if (watch.Has(RingWatch.Receiving))
            CancelAndWait(source, RingOperationKind.Receive);
        if (watch.Has(RingWatch.Accepting))
            CancelAndWait(source, RingOperationKind.Accept);
        if (watch.Has(RingWatch.Polling))
            CancelAndWait(source, RingOperationKind.Poll);
        if (watch.Has(RingWatch.PollingRoom))
            CancelAndWait(source, RingOperationKind.PollRoom);
        _sources.Remove(source.Token);
    }

    private void CancelAndWait(IReadySource source, RingOperationKind kind)
    {
        ulong operation = UserData(source, kind);
        bool hasEnded = false;
        // Its end may be among what was postponed.
        for (int count = _postponed.Count; count > 0; count--)
            Sort(source, operation, _postponed.Dequeue(), ref hasEnded);
        if (!hasEnded)
            Cancel(operation);
        while (!hasEnded)
        {
            while (_ring.TryTake(out io_uring_cqe completion))
                Sort(source, operation, completion, ref hasEnded);
            if (!hasEnded && _ring.Enter(waitFor: 1, timeoutMs: -1) is var errno and not Errno.None)
                throw new SocketCallException("io_uring_enter", errno);
        }
    }

    private void Sort(IReadySource source, ulong operation, io_uring_cqe completion, ref bool hasEnded)
    {
        if (completion.user_data == operation)
        {
            Drop(source, completion);
            hasEnded |= IsLast(completion);
        }
        else if (completion.user_data == RingOperations.UserData(source.Token, RingOperationKind.Cancel))
        {
            // ENOENT, EALREADY: it was at work just then, and has to be asked again.
            if (completion.res < 0 && !hasEnded)
                Cancel(operation);
        }
        else
        {
            _postponed.Enqueue(completion);
        }
    }

    // The last that an operation brings when nobody waits for it any more.
    private void Drop(IReadySource source, io_uring_cqe completion)
    {
        if (IsLast(completion))
            Counters.OutstandingOperations--;
        if (TakeBlock(completion) is { } block)
            Pool.Return(block, onLoop: true);
        if (source is Acceptor acceptor && completion.res >= 0 && RingOperations.Kind(completion.user_data) == RingOperationKind.Accept)
            acceptor.Keep(completion.res);
    }

    private static ulong Token(IReadySource source) => source.Token;

    private static ulong UserData(IReadySource source, RingOperationKind kind) => RingOperations.UserData(source.Token, kind);
}
