using System.Diagnostics;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd;

/// <summary>
/// A network of a program's own, in which every port is free and nobody needs to be root: for tests of ports that have a number.
/// </summary>
internal static class NetworkNamespace
{
    // The address belongs to documentation (RFC 3849); here the loopback interface has it.
    private const string SetUp = "ip link set lo up; ip -6 addr add 2001:db8::1/128 dev lo 2>/dev/null; exec \"$@\"";

    /// <summary>Words that start a command in a network of its own. All of them are the same process in the end.</summary>
    public static readonly string[] Starter = ["unshare", "-Urn", "sh", "-c", SetUp, "sh"];

    public static readonly Lazy<bool> IsAvailable = new(() =>
    {
        if (Run.Find("unshare") is null || Run.Find("ip") is null)
            return false;
        using Process process = Process.Start(new ProcessStartInfo(Starter[0], [.. Starter[1..], "true"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    });

    /// <summary>Words that start a command in the network of a process.</summary>
    public static string[] Enter(int processId) => ["nsenter", "-t", $"{processId}", "-U", "-n", "--preserve-credentials"];
}

/// <summary>A fact that is skipped, with the reason, where an ordinary user can have no network namespace.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNetworkNamespaceFactAttribute : FactAttribute
{
    public RequiresNetworkNamespaceFactAttribute()
    {
        if (!NetworkNamespace.IsAvailable.Value)
            Skip = "needs a network namespace (unshare -Urn, ip): kernel.unprivileged_userns_clone, or apt install iproute2";
    }
}
