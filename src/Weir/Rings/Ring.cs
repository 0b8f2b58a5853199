using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Rings;

/// <summary>
/// An io_uring: the two queues that it shares with the kernel (io_uring(7)). It belongs to the thread that enables it, which alone touches it afterwards.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    private readonly Queue<io_uring_sqe> _waiting = new();
    private readonly RingMapping _queues;
    private readonly RingMapping _entries;
    private readonly io_uring_sqe* _sqes;
    private readonly io_uring_cqe* _cqes;
    private readonly uint* _sqHead;
    private readonly uint* _sqTail;
    private readonly uint* _sqFlags;
    private readonly uint* _cqHead;
    private readonly uint* _cqTail;
    private readonly uint _sqSize;
    private readonly uint _sqMask;
    private readonly uint _cqMask;
    private uint _tail;
    private uint _unsubmitted;

    /// <param name="entries">Of the submission queue, a power of two.</param>
    /// <param name="completions">Of the completion queue, a power of two.</param>
    /// <param name="features">Those of a ring's set-up are used.</param>
    /// <exception cref="SocketCallException">The kernel has no io_uring, or not for this process, or no memory for one.</exception>
    public Ring(uint entries, uint completions, RingFeatures features)
    {
        io_uring_params parameters = new() { flags = Flags(features), cq_entries = completions };
        Fd = new SafeFd(Check(Sys.IoUringSetup(entries, ref parameters), "io_uring_setup"));
        HasSilentSuccess = (parameters.features & IORING_FEAT_CQE_SKIP) != 0 && features.HasFlag(RingFeatures.SilentSuccess);
        try
        {
            // The last of them came with Linux 5.13, as multishot polls did.
            const uint Needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_RSRC_TAGS;
            if ((parameters.features & Needed) != Needed)
                throw new SocketCallException("io_uring_setup", Errno.EOPNOTSUPP);
            (io_sqring_offsets sq, io_cqring_offsets cq) = (parameters.sq_off, parameters.cq_off);
            nuint queueBytes = Math.Max(
                cq.cqes + (parameters.cq_entries * (nuint)sizeof(io_uring_cqe)), sq.array + (parameters.sq_entries * (nuint)sizeof(uint)));
            _queues = new RingMapping(Fd, queueBytes, IORING_OFF_SQ_RING);
            _entries = new RingMapping(Fd, parameters.sq_entries * (nuint)sizeof(io_uring_sqe), IORING_OFF_SQES);
            _sqes = (io_uring_sqe*)_entries.At(0);
            _sqHead = Word(sq.head);
            _sqTail = Word(sq.tail);
            _sqFlags = Word(sq.flags);
            _cqHead = Word(cq.head);
            _cqTail = Word(cq.tail);
            (_sqSize, _sqMask, _cqMask) = (parameters.sq_entries, *Word(sq.ring_mask), *Word(cq.ring_mask));
            _cqes = (io_uring_cqe*)_queues.At(cq.cqes);
            if (!features.HasFlag(RingFeatures.NoSubmissionArray))
                FillArray(Word(sq.array));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SafeFd Fd { get; }

    /// <summary>Whether IOSQE_CQE_SKIP_SUCCESS may be asked for.</summary>
    public bool HasSilentSuccess { get; }

    /// <summary>Whether completions wait.</summary>
    public bool HasCompletions => *_cqHead != Volatile.Read(ref *_cqTail);

    /// <summary>Whether completions wait in the kernel because the queue had no room for them.</summary>
    public bool HasOverflowed => (Volatile.Read(ref *_sqFlags) & IORING_SQ_CQ_OVERFLOW) != 0;

    /// <summary>Whether the kernel has taken every operation.</summary>
    public bool HasSubmittedAll => _unsubmitted == 0 && _waiting.Count == 0;

    /// <summary>Times that the submission queue was full, and operations went into the kernel before the turn's end.</summary>
    public long FullSubmissions { get; private set; }

    /// <summary>The calling thread becomes the ring's own.</summary>
    public void Enable() => Check(Sys.IoUringEnable(Fd.Number), "io_uring_register");

    /// <summary>Adds an operation, which the next <see cref="Enter"/> submits.</summary>
    public void Push(io_uring_sqe operation)
    {
        if (_waiting.Count == 0 && IsFull)
        {
            FullSubmissions++;
            Enter(waitFor: 0, timeoutMs: -1);
        }

        // The kernel takes nothing while completions overflow (EBUSY).
        if (_waiting.Count > 0 || IsFull)
            _waiting.Enqueue(operation);
        else
            Place(operation);
    }

    /// <summary>Submits what was added, and waits for completions.</summary>
    /// <returns>An error other than those that only mean "look again": a signal, the end of the time, a full completion queue.</returns>
    public Errno Enter(uint waitFor, int timeoutMs)
    {
        while (true)
        {
            PlaceWaiting();
            // While something waits for room in the queue, nothing is waited for: its completion might be the one.
            bool isLast = _waiting.Count == 0;
            SysResult entered = Sys.IoUringEnter(Fd.Number, _unsubmitted, isLast ? waitFor : 0, timeoutMs);
            // An entry that the kernel has looked at is gone, whatever became of it; the head says how far it came, also when the wait failed.
            _unsubmitted = _tail - Volatile.Read(ref *_sqHead);
            if (!entered.IsOk)
                return entered.Errno is Errno.EINTR or Errno.ETIME or Errno.EBUSY or Errno.EAGAIN ? Errno.None : entered.Errno;
            if (isLast)
                return Errno.None;
        }
    }

    /// <summary>Takes the next completion.</summary>
    public bool TryTake(out io_uring_cqe completion)
    {
        uint head = *_cqHead;
        // What the kernel wrote before it moved the tail is read after the tail.
        if (head == Volatile.Read(ref *_cqTail))
        {
            completion = default;
            return false;
        }

        completion = _cqes[head & _cqMask];
        // The entry is read before the kernel may fill it again.
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }

    public void Dispose()
    {
        _entries?.Dispose();
        _queues?.Dispose();
        Fd.Dispose();
    }

    private bool IsFull => _unsubmitted == _sqSize;

    private uint* Word(uint offset) => (uint*)_queues.At(offset);

    private void PlaceWaiting()
    {
        while (_waiting.Count > 0 && !IsFull)
            Place(_waiting.Dequeue());
    }

    private void Place(io_uring_sqe operation)
    {
        Debug.Assert(!IsFull, "the kernel has not looked at this entry");
        _sqes[_tail++ & _sqMask] = operation;
        // The kernel sees the entry before it sees the tail.
        Volatile.Write(ref *_sqTail, _tail);
        _unsubmitted++;
    }

    private void FillArray(uint* array)
    {
        for (uint i = 0; i < _sqSize; i++)
            array[i] = i;
    }

    private static uint Flags(RingFeatures features)
    {
        uint flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_R_DISABLED;
        if (features.HasFlag(RingFeatures.DeferredWork))
            flags |= IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
        if (features.HasFlag(RingFeatures.NoSubmissionArray))
            flags |= IORING_SETUP_NO_SQARRAY;
        return flags;
    }

    private static int Check(SysResult result, string call) => result.IsOk ? result.Value : throw new SocketCallException(call, result.Errno);
}
