using Weir.Linux;
using Weir.Sockets;

namespace Weir.Rings;

/// <summary>Why there is no io_uring for this process, in a line.</summary>
internal static class RingRefusal
{
    private const string Switch = "/proc/sys/kernel/io_uring_disabled";
    private const string Status = "/proc/self/status";

    public static string Describe(SocketCallException failure) => $"{failure.Operation}: {failure.Errno}; {Reason(failure.Errno)}";

    private static string Reason(Errno errno) => errno switch
    {
        Errno.EPERM when ReadSwitch() is "1" or "2" => $"kernel.io_uring_disabled is {ReadSwitch()}",
        Errno.EPERM when IsFiltered() => "a seccomp filter of this process forbids it, as container runtimes do by default",
        Errno.EPERM => "a security module forbids it",
        Errno.ENOSYS when IsFiltered() => "a seccomp filter of this process forbids it, or the kernel has none",
        Errno.ENOSYS => "this kernel has no io_uring",
        Errno.ENOMEM => "no memory for a ring; RLIMIT_MEMLOCK may be too small ('ulimit -l'; kernels before 5.12 count rings there)",
        Errno.EOPNOTSUPP or Errno.EINVAL => "this kernel's io_uring is too old; 5.15 has all that is needed",
        Errno.EMFILE or Errno.ENFILE => "no descriptor left for a ring",
        _ => "the kernel gives no ring",
    };

    private static string? ReadSwitch()
    {
        try
        {
            return File.ReadAllText(Switch).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsFiltered()
    {
        try
        {
            return File.ReadLines(Status).Any(line => line.StartsWith("Seccomp:", StringComparison.Ordinal) && line.EndsWith('2'));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
