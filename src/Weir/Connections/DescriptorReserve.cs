using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// The last descriptors below the process's limit, which no connection takes. The runtime itself needs some when nobody expects it, for a
/// thread or an assembly, and ends the process when there is none.
/// </summary>
internal static class DescriptorReserve
{
    private const int MaxDescriptors = 32;

    private static int s_first = Read();

    // The kernel gives the lowest free number (open(2)): a number from here on says that all below are taken.
    public static bool Has(int fd)
    {
        if (fd < Volatile.Read(ref s_first))
            return false;
        // The limit may have been raised meanwhile.
        int first = Read();
        Volatile.Write(ref s_first, first);
        return fd >= first;
    }

    /// <summary>The reserve's first number: how many descriptors there are for everything else.</summary>
    public static int First => Volatile.Read(ref s_first);

    /// <summary>Whether the next descriptor would be of the reserve.</summary>
    public static bool IsNext(SafeFd any)
    {
        SysResult next = Sys.Duplicate(any.Number);
        if (next.IsOk)
            Sys.Close(next.Value);
        return !next.IsOk || Has(next.Value);
    }

    /// <summary>How many descriptors are free now, without the reserve.</summary>
    public static int Free() => Math.Max(0, Read() - Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());

    private static int Read()
    {
        if (!Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit).IsOk || limit.rlim_cur > int.MaxValue)
            return int.MaxValue;
        int count = (int)limit.rlim_cur;
        return count - Math.Min(MaxDescriptors, count / 8);
    }
}
