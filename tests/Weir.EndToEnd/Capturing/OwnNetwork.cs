using System.Globalization;
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
    // CAP_NET_ADMIN, CAP_SYS_ADMIN and CAP_BPF of capabilities(7).
    private const ulong Capabilities = (1UL << 12) | (1UL << 21) | (1UL << 39);

    public RequiresTracingFactAttribute(params string[] programs)
    {
        if ((Effective() & Capabilities) != Capabilities)
            Skip = "needs root's capabilities: BPF programs on a cgroup";
        else if (!File.ReadLines("/proc/self/mountinfo").Any(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal) && line.Split(' ')[5].StartsWith("rw", StringComparison.Ordinal)))
            Skip = "needs a cgroup2 filesystem that can be written";
        else if (programs.Append("unshare").Append("ip").Append("socat").FirstOrDefault(program => Run.Find(program) is null) is { } missing)
            Skip = $"needs {missing} (apt install util-linux iproute2 socat iputils-ping)";
    }

    private static ulong Effective() => ulong.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))["CapEff:".Length..], NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
}
