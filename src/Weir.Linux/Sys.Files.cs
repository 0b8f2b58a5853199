using System.Text;
using static Weir.Linux.Uapi;

namespace Weir.Linux;

// Calls on any file descriptor: read(2), write(2), close(2), fcntl(2), ioctl(2), eventfd(2), pipe(2), statx(2), fsync(2), ftruncate(2), getrlimit(2).
public static unsafe partial class Sys
{
    public static SysResult Read(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Call(NR.read, fd, (nint)start, buffer.Length);
    }

    public static SysResult Write(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Call(NR.write, fd, (nint)start, bytes.Length);
    }

    public static SysResult Close(int fd) => Call(NR.close, fd);

    /// <summary>F_GETFL: the file status flags.</summary>
    public static SysResult GetStatusFlags(int fd) => Call(NR.fcntl, fd, F_GETFL);

    /// <summary>F_SETFL: replaces the file status flags.</summary>
    public static SysResult SetStatusFlags(int fd, int flags) => Call(NR.fcntl, fd, F_SETFL, flags);

    /// <summary>F_SETFD: FD_CLOEXEC or 0.</summary>
    public static SysResult SetDescriptorFlags(int fd, int flags) => Call(NR.fcntl, fd, F_SETFD, flags);

    /// <summary>F_DUPFD_CLOEXEC: another descriptor of the same open file, closed on exec, with the lowest number that is free from this one on.</summary>
    public static SysResult Duplicate(int fd, int lowestNumber = 0) => Call(NR.fcntl, fd, F_DUPFD_CLOEXEC, lowestNumber);

    /// <summary>ioctl(2) for the requests that give back an int: SIOCINQ, SIOCOUTQ, SIOCOUTQNSD, TIOCGPTN.</summary>
    public static SysResult IoctlInt(int fd, uint request, out int value)
    {
        int answer = 0;
        SysResult result = Call(NR.ioctl, fd, (nint)request, (nint)(&answer));
        value = answer;
        return result;
    }

    /// <summary>ioctl(2) for the requests that take an int by its address: TIOCSPTLCK.</summary>
    public static SysResult IoctlSetInt(int fd, uint request, int value) => Call(NR.ioctl, fd, (nint)request, (nint)(&value));

    /// <summary>TIOCSWINSZ (ioctl_tty(2)): how large a terminal says that it is.</summary>
    public static SysResult SetWindowSize(int fd, ushort rows, ushort columns)
    {
        // struct winsize: rows, columns, and both in pixels.
        ReadOnlySpan<ushort> size = [rows, columns, 0, 0];
        fixed (ushort* start = size)
            return Call(NR.ioctl, fd, (nint)TIOCSWINSZ, (nint)start);
    }

    /// <summary>kill(2).</summary>
    /// <param name="processId">A process; negative for all processes of the group.</param>
    /// <param name="signal">SIGTERM, SIGKILL, or 0 to ask whether there is one.</param>
    public static SysResult Kill(int processId, int signal) => Call(NR.kill, processId, signal);

    public static SysResult EventFd(uint initialValue, int flags) => Call(NR.eventfd2, (nint)initialValue, flags);

    public static SysResult Pipe(out int readEnd, out int writeEnd, int flags)
    {
        int* ends = stackalloc int[2];
        SysResult result = Call(NR.pipe2, (nint)ends, flags);
        (readEnd, writeEnd) = result.IsOk ? (ends[0], ends[1]) : (-1, -1);
        return result;
    }

    /// <summary>splice(2): moves bytes between a pipe and another descriptor without bringing them into this process.</summary>
    /// <param name="from">Read from; one of the two is a pipe.</param>
    /// <param name="to">Written to.</param>
    /// <param name="count">At most so many bytes.</param>
    /// <param name="flags">SPLICE_F_*.</param>
    public static SysResult Splice(int from, int to, int count, int flags) => Call(NR.splice, from, 0, to, 0, count, flags);

    /// <summary>Permission bits of an open file. On an unbound unix socket they become the mode of the path that bind(2) creates, less the umask.</summary>
    public static SysResult ChangeMode(int fd, uint mode) => Call(NR.fchmod, fd, (nint)mode);

    /// <summary>statx(2) of a path, symbolic links not followed.</summary>
    public static SysResult Stat(string path, out statx status) => Stat(Encoding.UTF8.GetBytes(path), out status);

    /// <inheritdoc cref="Stat(string, out statx)"/>
    public static SysResult Stat(ReadOnlySpan<byte> path, out statx status)
    {
        statx answer = default;
        SysResult result;
        fixed (byte* start = Terminated(path))
            result = Call(NR.statx, AT_FDCWD, (nint)start, AT_SYMLINK_NOFOLLOW, (nint)STATX_BASIC_STATS, (nint)(&answer));
        status = answer;
        return result;
    }

    /// <summary>statx(2) of an open file.</summary>
    public static SysResult Stat(int fd, out statx status)
    {
        statx answer = default;
        byte empty = 0;
        SysResult result = Call(NR.statx, fd, (nint)(&empty), AT_EMPTY_PATH, (nint)STATX_BASIC_STATS, (nint)(&answer));
        status = answer;
        return result;
    }

    /// <summary>open(2).</summary>
    /// <param name="path">The file; its bytes as the kernel gets them.</param>
    /// <param name="flags">O_RDONLY or O_WRONLY, and O_CREAT and the like.</param>
    /// <param name="mode">Permission bits of a file that O_CREAT makes, less the umask.</param>
    public static SysResult Open(ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        fixed (byte* start = Terminated(path))
            return Call(NR.openat, AT_FDCWD, (nint)start, flags, (nint)mode);
    }

    /// <summary>fsync(2): returns when the file's bytes are on the disk. EINVAL for what has no disk, as a pipe or a terminal.</summary>
    public static SysResult Synchronize(int fd) => Call(NR.fsync, fd);

    /// <summary>ftruncate(2): the file is this long, and what was behind is gone.</summary>
    public static SysResult Truncate(int fd, long length) => Call(NR.ftruncate, fd, (nint)length);

    /// <summary>rename(2): the new name is replaced when there is one.</summary>
    public static SysResult Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* start = Terminated(from), target = Terminated(to))
            return Call(NR.renameat2, AT_FDCWD, (nint)start, AT_FDCWD, (nint)target);
    }

    /// <summary>unlink(2): removes a path that is no directory.</summary>
    public static SysResult Unlink(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = Terminated(path))
            return Call(NR.unlinkat, AT_FDCWD, (nint)start, 0);
    }

    /// <summary>chmod(2).</summary>
    public static SysResult ChangeMode(ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* start = Terminated(path))
            return Call(NR.fchmodat, AT_FDCWD, (nint)start, (nint)mode);
    }

    /// <summary>flock(2): waits for the lock, which goes with the open file.</summary>
    /// <param name="fd">An open file or directory.</param>
    /// <param name="operation">LOCK_EX; with LOCK_NB the error is EAGAIN while somebody else has the lock.</param>
    public static SysResult Lock(int fd, int operation) => Call(NR.flock, fd, operation);

    /// <summary>prlimit(2) of this process, reading.</summary>
    public static SysResult GetResourceLimit(int resource, out rlimit64 limit)
    {
        rlimit64 answer = default;
        SysResult result = Call(NR.prlimit64, 0, resource, 0, (nint)(&answer));
        limit = answer;
        return result;
    }

    /// <summary>prlimit(2) of this process, writing.</summary>
    public static SysResult SetResourceLimit(int resource, rlimit64 limit) => Call(NR.prlimit64, 0, resource, (nint)(&limit));

    private static byte[] Terminated(ReadOnlySpan<byte> path) => [.. path, 0];
}
