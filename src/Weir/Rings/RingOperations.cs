using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Rings;

/// <summary>What a completion is about, in its user_data.</summary>
internal enum RingOperationKind
{
    Poll,
    PollRoom,
    Accept,
    Receive,
    Cancel,
    Wake,

    /// <summary>From another loop, to wake this one.</summary>
    Message,

    /// <summary>To another loop.</summary>
    MessageSent,
}

/// <summary>The operations that loops use, as the kernel gets them.</summary>
internal static class RingOperations
{
    private const int KindShift = 28;
    private const ulong KindMask = 0xFUL << KindShift;

    /// <summary>
    /// A source's token and what is asked for it. The token has a generation in its upper half and a slot in its lower, so a completion that comes late finds
    /// nobody instead of somebody else; slots end at 2^28.
    /// </summary>
    public static ulong UserData(ulong token, RingOperationKind kind) => token | ((ulong)kind << KindShift);

    public static ulong Token(ulong userData) => userData & ~KindMask;

    public static RingOperationKind Kind(ulong userData) => (RingOperationKind)((userData & KindMask) >> KindShift);

    public static io_uring_sqe Poll(int fd, uint events, bool isMultishot, ulong userData) => new()
    {
        opcode = IORING_OP_POLL_ADD,
        fd = fd,
        msg_flags = events,
        len = isMultishot ? IORING_POLL_ADD_MULTI : 0,
        user_data = userData,
    };

    public static io_uring_sqe AcceptMany(int fd, ulong userData) => new()
    {
        opcode = IORING_OP_ACCEPT,
        fd = fd,
        ioprio = IORING_ACCEPT_MULTISHOT,
        msg_flags = SOCK_NONBLOCK | SOCK_CLOEXEC,
        user_data = userData,
    };

    /// <summary>A receive into a provided buffer.</summary>
    /// <param name="fd">The socket.</param>
    /// <param name="isMultishot">Goes on until it has taken so much, the input ends, or no buffer is left.</param>
    /// <param name="mostBytes">The most that it takes, of a single one in one buffer; 0 for no limit.</param>
    /// <param name="userData">Comes back.</param>
    public static io_uring_sqe Receive(int fd, bool isMultishot, uint mostBytes, ulong userData) => new()
    {
        opcode = IORING_OP_RECV,
        flags = IOSQE_BUFFER_SELECT,
        fd = fd,
        ioprio = isMultishot ? (ushort)IORING_RECV_MULTISHOT : (ushort)0,
        len = isMultishot ? 0 : mostBytes,
        file_index = isMultishot ? mostBytes : 0,
        buf_group = BufferRing.Group,
        user_data = userData,
    };

    /// <summary>Ends the operation with this user_data.</summary>
    public static io_uring_sqe Cancel(ulong what, ulong userData, bool isSilent) => new()
    {
        opcode = IORING_OP_ASYNC_CANCEL,
        flags = isSilent ? (byte)IOSQE_CQE_SKIP_SUCCESS : (byte)0,
        fd = -1,
        addr = what,
        user_data = userData,
    };

    /// <summary>A completion for another ring.</summary>
    /// <param name="ring">The other ring.</param>
    /// <param name="userData">What the other one gets.</param>
    /// <param name="sentUserData">What this one gets, if the message failed or <paramref name="isSilent"/> is not asked for.</param>
    /// <param name="isSilent">Whether this ring gets no completion when it has been sent.</param>
    public static io_uring_sqe Message(int ring, ulong userData, ulong sentUserData, bool isSilent) => new()
    {
        opcode = IORING_OP_MSG_RING,
        flags = isSilent ? (byte)IOSQE_CQE_SKIP_SUCCESS : (byte)0,
        fd = ring,
        off = userData,
        user_data = sentUserData,
    };
}
