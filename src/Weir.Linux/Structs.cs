using System.Runtime.InteropServices;

namespace Weir.Linux;

// Structures under the kernel's names and in its layout, which is the same on both ABIs; the ABI tests compare sizes and offsets.

/// <summary>struct iovec (readv(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

/// <summary>struct msghdr (recvmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct msghdr
{
    public void* msg_name;
    public uint msg_namelen;
    public iovec* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

/// <summary>struct mmsghdr (recvmmsg(2)): a message of several in one call, and how long it was.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct mmsghdr
{
    public msghdr msg_hdr;
    public uint msg_len;
}

/// <summary>struct cmsghdr (cmsg(3)); the data follows at the next multiple of eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct cmsghdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

/// <summary>struct ucred: who is at the other end of a unix socket (unix(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ucred
{
    public int pid;
    public uint uid;
    public uint gid;
}

/// <summary>struct linger (socket(7), SO_LINGER).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct linger
{
    public int l_onoff;

    /// <summary>Seconds.</summary>
    public int l_linger;
}

/// <summary>struct pollfd (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary>struct __kernel_timespec: seconds and nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}

/// <summary>struct rlimit64 (prlimit(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct rlimit64
{
    public ulong rlim_cur;
    public ulong rlim_max;
}

/// <summary>struct statx_timestamp (statx(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct statx_timestamp
{
    public long tv_sec;
    public uint tv_nsec;
    private readonly int _reserved;
}

/// <summary>struct statx (statx(2)), as far as it is used here.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct statx
{
    public uint stx_mask;
    public uint stx_blksize;
    public ulong stx_attributes;
    public uint stx_nlink;
    public uint stx_uid;
    public uint stx_gid;
    public ushort stx_mode;
    private readonly ushort _spare;
    public ulong stx_ino;
    public ulong stx_size;
    public ulong stx_blocks;
    public ulong stx_attributes_mask;
    public statx_timestamp stx_atime;
    public statx_timestamp stx_btime;
    public statx_timestamp stx_ctime;
    public statx_timestamp stx_mtime;
    public uint stx_rdev_major;
    public uint stx_rdev_minor;
    public uint stx_dev_major;
    public uint stx_dev_minor;
}
