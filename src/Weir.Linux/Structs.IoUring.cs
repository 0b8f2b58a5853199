using System.Runtime.InteropServices;

namespace Weir.Linux;

// include/uapi/linux/io_uring.h. Members of its unions stand under the name that is used here; the others share their offset.

/// <summary>struct io_uring_sqe: one operation that is asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_sqe
{
    public byte opcode;

    /// <summary>IOSQE_*.</summary>
    public byte flags;

    /// <summary>Of accept and receive their own flags, as IORING_RECV_MULTISHOT.</summary>
    public ushort ioprio;
    public int fd;
    public ulong off;

    /// <summary>Memory; of ASYNC_CANCEL the user_data that is meant.</summary>
    public ulong addr;

    /// <summary>Bytes; of POLL_ADD IORING_POLL_*.</summary>
    public uint len;

    /// <summary>poll32_events, msg_flags, accept_flags, cancel_flags, msg_ring_flags.</summary>
    public uint msg_flags;

    /// <summary>Comes back with each completion.</summary>
    public ulong user_data;
    public ushort buf_group;
    public ushort personality;

    /// <summary>Of a multishot receive the most bytes of all its completions together, since Linux 6.17; else splice_fd_in, file_index.</summary>
    public uint file_index;
    public ulong addr3;
    private readonly ulong _pad;
}

/// <summary>struct io_uring_cqe: one completion.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_cqe
{
    public ulong user_data;

    /// <summary>What the call would have returned: a value, or a negated error number.</summary>
    public int res;

    /// <summary>IORING_CQE_F_*, and above IORING_CQE_BUFFER_SHIFT the buffer's number.</summary>
    public uint flags;
}

/// <summary>struct io_sqring_offsets: where the parts of the submission queue lie in its mapping.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_sqring_offsets
{
    public uint head;
    public uint tail;
    public uint ring_mask;
    public uint ring_entries;
    public uint flags;
    public uint dropped;
    public uint array;
    public uint resv1;
    private readonly ulong _reserved;
}

/// <summary>struct io_cqring_offsets: the same of the completion queue.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_cqring_offsets
{
    public uint head;
    public uint tail;
    public uint ring_mask;
    public uint ring_entries;
    public uint overflow;
    public uint cqes;
    public uint flags;
    public uint resv1;
    private readonly ulong _reserved;
}

/// <summary>struct io_uring_params (io_uring_setup(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_params
{
    public uint sq_entries;
    public uint cq_entries;
    public uint flags;
    public uint sq_thread_cpu;
    public uint sq_thread_idle;

    /// <summary>IORING_FEAT_*, from the kernel.</summary>
    public uint features;
    public uint wq_fd;
    private readonly uint _reserved0;
    private readonly uint _reserved1;
    private readonly uint _reserved2;
    public io_sqring_offsets sq_off;
    public io_cqring_offsets cq_off;
}

/// <summary>struct io_uring_getevents_arg (io_uring_enter(2), IORING_ENTER_EXT_ARG).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_getevents_arg
{
    public ulong sigmask;
    public uint sigmask_sz;
    private readonly uint _pad;

    /// <summary>The address of a timespec; 0 waits without limit.</summary>
    public ulong ts;
}

/// <summary>struct io_uring_buf: one entry of a ring of provided buffers. The first one's resv is the ring's tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_buf
{
    public ulong addr;
    public uint len;
    public ushort bid;
    public ushort resv;
}

/// <summary>struct io_uring_buf_reg (io_uring_register(2), IORING_REGISTER_PBUF_RING).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct io_uring_buf_reg
{
    public ulong ring_addr;
    public uint ring_entries;
    public ushort bgid;
    private readonly ushort _flags;
    private readonly ulong _reserved0;
    private readonly ulong _reserved1;
    private readonly ulong _reserved2;
}
