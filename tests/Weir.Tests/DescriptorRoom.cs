using Weir.Linux;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests;

/// <summary>Makes descriptors scarce for the whole process, so only tests that run alone use it.</summary>
internal static class DescriptorRoom
{
    /// <summary>Runs a call while this process may open so many descriptors and no more.</summary>
    public static T For<T>(int count, Func<T> call)
    {
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        Sys.SetResourceLimit(RLIMIT_NOFILE, limit with { rlim_cur = (ulong)FirstNumberBeyond(count) });
        try
        {
            return call();
        }
        finally
        {
            Sys.SetResourceLimit(RLIMIT_NOFILE, limit);
        }
    }

    // A descriptor gets the lowest number that is free (open(2)), and there are gaps.
    private static int FirstNumberBeyond(int count)
    {
        List<SafeFd> taken = [];
        for (int i = 0; i <= count; i++)
        {
            SysResult copied = Sys.Duplicate(0);
            Assert.True(copied.IsOk, copied.ToString());
            taken.Add(new SafeFd(copied.Value));
        }

        int beyond = taken[^1].Number;
        taken.ForEach(descriptor => descriptor.Dispose());
        return beyond;
    }
}
