using Weir.Linux;

namespace Weir.Wire;

/// <summary>This process cannot make a network namespace. The message says what is missing.</summary>
public sealed class NamespaceException : Exception
{
    private const string UserNamespaceLimit = "/proc/sys/user/max_user_namespaces";

    // The first two are switches of Debian and of Ubuntu, the last the kernel's own.
    private static readonly (string Path, string Forbidding)[] s_switches =
    [
        ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
        (UserNamespaceLimit, "0"),
    ];

    internal NamespaceException(string operation, Errno errno, string advice)
        : base($"{operation}: {errno}; {advice}")
    {
        Operation = operation;
        Errno = errno;
    }

    /// <summary>The call that failed.</summary>
    public string Operation { get; }

    public Errno Errno { get; }

    internal static NamespaceException For(Errno errno) => new("unshare CLONE_NEWNET", errno, errno switch
    {
        Errno.EPERM => "a network namespace needs CAP_SYS_ADMIN; " + (WhatForbids() is string why
            ? $"run as root: a user namespace is forbidden by {why}"
            : "run as root, or in a user namespace: unshare -Urn --keep-caps COMMAND, or Namespaces.EnterOrReexecute in the program itself"),
        Errno.ENOSPC => "there are too many; see user.max_net_namespaces",
        Errno.EINVAL => "this kernel is built without network namespaces (CONFIG_NET_NS)",
        _ => "see unshare(2)",
    });

    /// <summary>The switch that keeps ordinary users from user namespaces, as sysctl(8) writes it; null when none does.</summary>
    internal static string? WhatForbids()
    {
        foreach ((string path, string forbidding) in s_switches)
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() == forbidding)
                return $"{path["/proc/sys/".Length..].Replace('/', '.')} = {forbidding}";
        }

        return null;
    }
}
