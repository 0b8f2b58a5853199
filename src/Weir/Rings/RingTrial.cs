using Weir.Buffers;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Rings;

/// <summary>Tries operations on a ring of its own: an operation that the kernel does not know completes at once with an error.</summary>
internal sealed class RingTrial(Ring ring, RingFeatures mask)
{
    private const int BlockBytes = 64;
    private const int WaitMs = 100;
    private const int Waits = 10;

    /// <summary>Which of the mask's operations work.</summary>
    public RingFeatures Run()
    {
        RingFeatures found = RingFeatures.None;
        if (May(RingFeatures.BufferRing))
            found |= TryReceives();
        if (May(RingFeatures.MultishotAccept))
            found |= TryAccept();
        if (May(RingFeatures.Messages))
            found |= TryMessage();
        return found;
    }

    private bool May(RingFeatures feature) => mask.HasFlag(feature);

    private RingFeatures TryReceives()
    {
        BufferRing buffers;
        try
        {
            buffers = new BufferRing(ring, new BlockPool(BlockBytes, retainedBlocks: 4), first: 4, most: 4);
        }
        catch (SocketCallException)
        {
            return RingFeatures.None;
        }

        return May(RingFeatures.MultishotReceive) && ReceivesMany(buffers) ? RingFeatures.BufferRing | RingFeatures.MultishotReceive : RingFeatures.BufferRing;
    }

    private bool ReceivesMany(BufferRing buffers)
    {
        if (!Sys.SocketPair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, out int one, out int other).IsOk)
            return false;
        using SafeFd reader = new(one);
        using SafeFd writer = new(other);
        buffers.Refill();
        Sys.Write(writer.Number, [1]);
        ring.Push(RingOperations.Receive(reader.Number, isMultishot: true, mostBytes: 2 * BlockBytes, userData: 1));
        if (Next() is not { res: 1 } first || (first.flags & IORING_CQE_F_MORE) == 0)
            return false;
        _ = buffers.Take((ushort)(first.flags >> IORING_CQE_BUFFER_SHIFT));
        writer.Dispose();
        // The end of the input ends the operation too.
        return Next() is { res: 0 };
    }

    private RingFeatures TryAccept()
    {
        SysResult created = Sys.Socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (!created.IsOk)
            return RingFeatures.None;
        using SafeFd listener = new(created.Value);
        // Only the family: the kernel chooses an abstract name (unix(7)).
        ReadOnlySpan<byte> name = [AF_UNIX, 0];
        if (!Sys.Bind(listener.Number, name).IsOk || !Sys.Listen(listener.Number, 1).IsOk)
            return RingFeatures.None;
        ring.Push(RingOperations.AcceptMany(listener.Number, userData: 2));
        // Who knows the operation waits, and who waits can be told to end.
        ring.Push(RingOperations.Cancel(what: 2, userData: 3, isSilent: false));
        bool isKnown = false;
        for (int i = 0; i < 2 && Next() is { } completion; i++)
            isKnown |= completion is { user_data: 2 } && completion.res == -(int)Errno.ECANCELED;
        return isKnown ? RingFeatures.MultishotAccept : RingFeatures.None;
    }

    private RingFeatures TryMessage()
    {
        ring.Push(RingOperations.Message(ring.Fd.Number, userData: 4, sentUserData: 5, isSilent: false));
        bool hasCome = false;
        for (int i = 0; i < 2 && Next() is { res: 0 } completion; i++)
            hasCome |= completion.user_data == 4;
        return hasCome ? RingFeatures.Messages : RingFeatures.None;
    }

    private io_uring_cqe? Next()
    {
        // A signal ends a wait early.
        for (int i = 0; i < Waits && !ring.HasCompletions; i++)
        {
            if (ring.Enter(waitFor: 1, WaitMs) != Errno.None)
                return null;
        }

        return ring.TryTake(out io_uring_cqe completion) ? completion : null;
    }
}
