using System.Runtime.CompilerServices;

namespace Weir.Linux;

/// <summary>
/// The numbers of the system calls, named as in asm/unistd.h without the prefix. Each line defines both ABIs
/// (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h); the JIT sees a constant.
/// </summary>
public static class NR
{
    private static readonly List<(string Name, int X64, int Arm64)> s_definitions = [];

    public static readonly int read = Number(x64: 0, arm64: 63);
    public static readonly int write = Number(x64: 1, arm64: 64);
    public static readonly int close = Number(x64: 3, arm64: 57);
    public static readonly int ioctl = Number(x64: 16, arm64: 29);
    public static readonly int fcntl = Number(x64: 72, arm64: 25);
    public static readonly int openat = Number(x64: 257, arm64: 56);
    public static readonly int getdents64 = Number(x64: 217, arm64: 61);
    public static readonly int readlinkat = Number(x64: 267, arm64: 78);
    public static readonly int unlinkat = Number(x64: 263, arm64: 35);
    public static readonly int fchmodat = Number(x64: 268, arm64: 53);
    public static readonly int renameat2 = Number(x64: 316, arm64: 276);
    public static readonly int ftruncate = Number(x64: 77, arm64: 46);
    public static readonly int fsync = Number(x64: 74, arm64: 82);
    public static readonly int flock = Number(x64: 73, arm64: 32);
    public static readonly int fchmod = Number(x64: 91, arm64: 52);
    public static readonly int statx = Number(x64: 332, arm64: 291);
    public static readonly int splice = Number(x64: 275, arm64: 76);
    public static readonly int pipe2 = Number(x64: 293, arm64: 59);
    public static readonly int eventfd2 = Number(x64: 290, arm64: 19);
    public static readonly int prlimit64 = Number(x64: 302, arm64: 261);

    public static readonly int unshare = Number(x64: 272, arm64: 97);
    public static readonly int prctl = Number(x64: 157, arm64: 167);
    public static readonly int kill = Number(x64: 62, arm64: 129);
    public static readonly int sched_setscheduler = Number(x64: 144, arm64: 119);
    public static readonly int sched_yield = Number(x64: 24, arm64: 124);
    public static readonly int gettid = Number(x64: 186, arm64: 178);
    public static readonly int clock_gettime = Number(x64: 228, arm64: 113);
    public static readonly int bpf = Number(x64: 321, arm64: 280);

    public static readonly int socket = Number(x64: 41, arm64: 198);
    public static readonly int socketpair = Number(x64: 53, arm64: 199);
    public static readonly int bind = Number(x64: 49, arm64: 200);
    public static readonly int listen = Number(x64: 50, arm64: 201);
    public static readonly int accept4 = Number(x64: 288, arm64: 242);
    public static readonly int connect = Number(x64: 42, arm64: 203);
    public static readonly int getsockname = Number(x64: 51, arm64: 204);
    public static readonly int getpeername = Number(x64: 52, arm64: 205);
    public static readonly int setsockopt = Number(x64: 54, arm64: 208);
    public static readonly int getsockopt = Number(x64: 55, arm64: 209);
    public static readonly int sendto = Number(x64: 44, arm64: 206);
    public static readonly int recvfrom = Number(x64: 45, arm64: 207);
    public static readonly int sendmsg = Number(x64: 46, arm64: 211);
    public static readonly int recvmsg = Number(x64: 47, arm64: 212);
    public static readonly int shutdown = Number(x64: 48, arm64: 210);
    public static readonly int sendmmsg = Number(x64: 307, arm64: 269);
    public static readonly int recvmmsg = Number(x64: 299, arm64: 243);

    public static readonly int ppoll = Number(x64: 271, arm64: 73);
    public static readonly int pselect6 = Number(x64: 270, arm64: 72);
    public static readonly int epoll_create1 = Number(x64: 291, arm64: 20);
    public static readonly int epoll_ctl = Number(x64: 233, arm64: 21);
    public static readonly int epoll_pwait = Number(x64: 281, arm64: 22);

    public static readonly int mmap = Number(x64: 9, arm64: 222);
    public static readonly int munmap = Number(x64: 11, arm64: 215);
    public static readonly int io_uring_setup = Number(x64: 425, arm64: 425);
    public static readonly int io_uring_enter = Number(x64: 426, arm64: 426);
    public static readonly int io_uring_register = Number(x64: 427, arm64: 427);

    /// <summary>Every definition, for the tests that hold them against the C compiler.</summary>
    public static IReadOnlyList<(string Name, int X64, int Arm64)> Definitions => s_definitions;

    /// <summary>The name of a call's number on this machine, for whoever shows calls to people.</summary>
    public static string NameOf(int number)
    {
        foreach ((string name, int x64, int arm64) in s_definitions)
        {
            if ((Abi.IsX64 ? x64 : arm64) == number)
                return name;
        }

        return $"syscall_{number}";
    }

    private static int Number(int x64, int arm64, [CallerMemberName] string name = "")
    {
        s_definitions.Add((name, x64, arm64));
        return Abi.IsX64 ? x64 : arm64;
    }
}
