using Weir.Linux;

namespace Weir.Wire;

/// <summary>The kernel refused a change of a host's interfaces, addresses or routes (rtnetlink(7)).</summary>
public sealed class NetlinkException : Exception
{
    internal NetlinkException(string operation, Errno errno, string? explanation = null)
        : base($"{operation}: {errno}; {explanation ?? "the kernel says no more"}")
    {
        Operation = operation;
        Errno = errno;
        Explanation = explanation;
    }

    /// <summary>What was tried, in words.</summary>
    public string Operation { get; }

    public Errno Errno { get; }

    /// <summary>The kernel's own explanation, or null.</summary>
    public string? Explanation { get; }
}
