using Weir.Linux;
using Xunit;

namespace Weir.Tests;

/// <summary>A theory that is skipped, with the reason, where this process may not open so many descriptors.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresDescriptorsTheoryAttribute : TheoryAttribute
{
    public RequiresDescriptorsTheoryAttribute(int count)
    {
        // The runtime has raised the limit as far as it may.
        if (Sys.GetResourceLimit(Uapi.RLIMIT_NOFILE, out rlimit64 limit).IsOk && limit.rlim_cur < (ulong)count)
            Skip = $"needs {count} descriptors, and the limit is {limit.rlim_cur} (ulimit -n)";
    }
}
