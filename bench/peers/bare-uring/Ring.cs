using Weir.Bench.Peers.BareEpoll;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Bench.Peers.BareUring;

/// <summary>The two queues of an io_uring (io_uring(7)), set up as c-uring does.</summary>
internal sealed unsafe class Ring
{
    private const uint Entries = 1024;
    private const int OperationBits = 2;

    private readonly io_uring_sqe* _sqes;
    private readonly io_uring_cqe* _cqes;
    private readonly uint* _sqTail;
    private readonly uint* _cqHead;
    private readonly uint* _cqTail;
    private readonly uint _sqMask;
    private readonly uint _cqMask;
    private uint _unsubmitted;

    public Ring()
    {
        io_uring_params parameters = new()
        {
            flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL
                | IORING_SETUP_NO_SQARRAY,
            cq_entries = 8 * Entries,
        };
        Fd = Checked.Value(Sys.IoUringSetup(Entries, ref parameters), "io_uring_setup");
        byte* queues = Map(parameters.cq_off.cqes + (parameters.cq_entries * (nuint)sizeof(io_uring_cqe)), IORING_OFF_SQ_RING);
        _sqes = (io_uring_sqe*)Map(parameters.sq_entries * (nuint)sizeof(io_uring_sqe), IORING_OFF_SQES);
        _cqes = (io_uring_cqe*)(queues + parameters.cq_off.cqes);
        _sqTail = (uint*)(queues + parameters.sq_off.tail);
        _cqHead = (uint*)(queues + parameters.cq_off.head);
        _cqTail = (uint*)(queues + parameters.cq_off.tail);
        _sqMask = *(uint*)(queues + parameters.sq_off.ring_mask);
        _cqMask = *(uint*)(queues + parameters.cq_off.ring_mask);
    }

    public int Fd { get; }

    /// <summary>An operation that the next <see cref="Enter"/> submits; everything but these three is zero.</summary>
    public ref io_uring_sqe Prepare(Operation operation, int opcode, int fd)
    {
        while (_unsubmitted == Entries)
            Enter(waitFor: 0);
        ref io_uring_sqe entry = ref _sqes[*_sqTail & _sqMask];
        entry = new io_uring_sqe { opcode = (byte)opcode, fd = fd, user_data = ((ulong)fd << OperationBits) | (ulong)operation };
        // The kernel looks at it when it is entered, which is on this thread: the rest of the entry may be filled in after the tail moves.
        Volatile.Write(ref *_sqTail, *_sqTail + 1);
        _unsubmitted++;
        return ref entry;
    }

    public void Enter(uint waitFor)
    {
        SysResult entered = Sys.IoUringEnter(Fd, _unsubmitted, waitFor, timeoutMs: -1);
        if (entered.IsOk)
            _unsubmitted -= (uint)entered.Value;
        else if (entered.Errno is not (Errno.EINTR or Errno.EBUSY or Errno.EAGAIN))
            throw new InvalidOperationException($"io_uring_enter: {entered.Errno}");
    }

    public bool TryTake(out io_uring_cqe completion)
    {
        uint head = *_cqHead;
        if (head == Volatile.Read(ref *_cqTail))
        {
            completion = default;
            return false;
        }

        completion = _cqes[head & _cqMask];
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }

    public static (Operation Operation, int Fd) Meaning(ulong userData) =>
        ((Operation)(userData & ((1 << OperationBits) - 1)), (int)(userData >> OperationBits));

    private byte* Map(nuint length, long offset)
    {
        SysResult mapped = Sys.Map(length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, Fd, offset, out void* start);
        if (!mapped.IsOk)
            throw new InvalidOperationException($"mmap: {mapped.Errno}");
        return (byte*)start;
    }
}
