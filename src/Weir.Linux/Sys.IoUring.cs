using static Weir.Linux.Uapi;

namespace Weir.Linux;

// io_uring(7), mmap(2)
public static unsafe partial class Sys
{
    /// <summary>io_uring_setup(2): a new ring's descriptor.</summary>
    /// <param name="entries">Of the submission queue.</param>
    /// <param name="parameters">Flags in; sizes, features and offsets out.</param>
    public static SysResult IoUringSetup(uint entries, ref io_uring_params parameters)
    {
        fixed (io_uring_params* start = &parameters)
            return Call(NR.io_uring_setup, (nint)entries, (nint)start);
    }

    /// <summary>io_uring_enter(2): submits, and waits.</summary>
    /// <param name="ring">The ring's descriptor.</param>
    /// <param name="toSubmit">Entries of the submission queue.</param>
    /// <param name="waitFor">Completions to wait for; 0 only looks.</param>
    /// <param name="timeoutMs">The most to wait; -1 waits without limit. ETIME when it is over.</param>
    /// <returns>How many entries were taken.</returns>
    public static SysResult IoUringEnter(int ring, uint toSubmit, uint waitFor, int timeoutMs)
    {
        if (timeoutMs < 0 || waitFor == 0)
            return Call(NR.io_uring_enter, ring, (nint)toSubmit, (nint)waitFor, (nint)IORING_ENTER_GETEVENTS);

        timespec time = new() { tv_sec = timeoutMs / 1000, tv_nsec = timeoutMs % 1000 * 1_000_000L };
        io_uring_getevents_arg argument = new() { ts = (ulong)(&time) };
        const uint Flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
        return Call(NR.io_uring_enter, ring, (nint)toSubmit, (nint)waitFor, (nint)Flags, (nint)(&argument), sizeof(io_uring_getevents_arg));
    }

    /// <summary>IORING_REGISTER_ENABLE_RINGS: a ring that was made disabled begins, and belongs to the calling thread.</summary>
    public static SysResult IoUringEnable(int ring) => Call(NR.io_uring_register, ring, IORING_REGISTER_ENABLE_RINGS);

    /// <summary>IORING_REGISTER_PBUF_RING: a ring of buffers that receives take from.</summary>
    public static SysResult IoUringRegisterBuffers(int ring, io_uring_buf_reg group) =>
        Call(NR.io_uring_register, ring, IORING_REGISTER_PBUF_RING, (nint)(&group), 1);

    /// <summary>mmap(2).</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="protection">PROT_*.</param>
    /// <param name="flags">MAP_*.</param>
    /// <param name="fd">What is mapped; -1 with MAP_ANONYMOUS.</param>
    /// <param name="offset">Where in it.</param>
    /// <param name="address">The mapping; null after an error.</param>
    public static SysResult Map(nuint length, int protection, int flags, int fd, long offset, out void* address)
    {
        SysResult result = Call(NR.mmap, 0, (nint)length, protection, flags, fd, (nint)offset);
        address = result.IsOk ? (void*)result.Raw : null;
        return result;
    }

    /// <summary>munmap(2).</summary>
    public static SysResult Unmap(void* address, nuint length) => Call(NR.munmap, (nint)address, (nint)length);
}
