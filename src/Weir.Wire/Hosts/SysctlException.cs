using Weir.Linux;

namespace Weir.Wire;

/// <summary>A setting of a host could not be read or written (sysctl(8)).</summary>
public sealed class SysctlException : Exception
{
    internal SysctlException(string verb, string name, Errno errno, string advice)
        : base($"{verb} {name}: {errno}; {advice}")
    {
        Name = name;
        Errno = errno;
    }

    /// <summary>Such as <c>net.ipv4.tcp_syn_retries</c>.</summary>
    public string Name { get; }

    public Errno Errno { get; }
}
