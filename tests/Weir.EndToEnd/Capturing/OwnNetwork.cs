using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Capturing;

/// <summary>A network of its own for root, who keeps every capability in it.</summary>
internal static class OwnNetwork
{
    public static readonly string[] Starter = ["unshare", "--net", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh"];
}

/// <summary>A fact that is skipped, with the reason, where a command can't be traced in the kernel.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresTracingFactAttribute : FactAttribute
{
    public RequiresTracingFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root: BPF programs on a cgroup";
        else if (!File.ReadLines("/proc/self/mountinfo").Any(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal) && line.Split(' ')[5].StartsWith("rw", StringComparison.Ordinal)))
            Skip = "needs a cgroup2 filesystem that can be written";
        else if (Run.Find("unshare") is null || Run.Find("ip") is null || Run.Find("socat") is null)
            Skip = "needs unshare, ip and socat (apt install util-linux iproute2 socat)";
    }
}
