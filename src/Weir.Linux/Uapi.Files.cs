namespace Weir.Linux;

/// <summary>
/// The kernel's constants under the kernel's names, made to be used with <c>using static</c>. They are the same on x64 and arm64
/// unless a line says otherwise; a test holds each against the C compilers of both.
/// </summary>
public static partial class Uapi
{
    // fcntl.h
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_NOCTTY = 0x100;
    public const int O_CREAT = 0x40;
    public const int O_APPEND = 0x400;
    public const int F_SETFD = 2;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_EMPTY_PATH = 0x1000;

    // sys/file.h
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    // sys/eventfd.h
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    // linux/stat.h
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const int S_IFMT = 0xf000;
    public const int S_IFSOCK = 0xc000;
    public const int S_IFREG = 0x8000;

    // sys/resource.h
    public const int RLIMIT_NOFILE = 7;

    // asm/ioctls.h: pseudo-terminals (ioctl_tty(2))
    public const uint TIOCSPTLCK = 0x40045431;
    public const uint TIOCGPTN = 0x80045430;
    public const uint TIOCSWINSZ = 0x5414;

    // signal.h
    public const int SIGHUP = 1;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int SIGXFSZ = 25;

    // linux/sockios.h
    public const uint SIOCINQ = 0x541b;
    public const uint SIOCOUTQ = 0x5411;
    public const uint SIOCOUTQNSD = 0x894b;

    // poll.h
    public const short POLLIN = 0x1;
    public const short POLLPRI = 0x2;
    public const short POLLOUT = 0x4;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;
    public const short POLLNVAL = 0x20;

    // sys/select.h
    public const int NFDBITS = 64;

    // sys/epoll.h
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 0x1;
    public const uint EPOLLPRI = 0x2;
    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLEXCLUSIVE = 1u << 28;
    public const uint EPOLLONESHOT = 1u << 30;
    public const uint EPOLLET = 1u << 31;

    // fcntl.h: flags of splice(2)
    public const int SPLICE_F_MOVE = 1;
    public const int SPLICE_F_NONBLOCK = 2;
}
