using System.Net.Sockets;
using Weir.Linux;

namespace Weir.Sockets;

/// <summary>
/// A system call on a socket failed. The message is one line: the call, the address, the errno's name, and what to try.
/// <see cref="SocketException.SocketErrorCode"/> has .NET's own name for it.
/// </summary>
public sealed class SocketCallException : SocketException
{
    public SocketCallException(string operation, Errno errno, string? address = null)
        : base((int)ErrnoMapping.ToSocketError(errno), Describe(operation, errno, address))
    {
        Operation = operation;
        Errno = errno;
        Address = address;
    }

    /// <summary>The system call: <c>bind</c>, <c>connect</c> and so on.</summary>
    public string Operation { get; }

    public Errno Errno { get; }

    /// <summary>The address the call was about, as a URL or in the kernel's notation.</summary>
    public string? Address { get; }

    private static string Describe(string operation, Errno errno, string? address)
    {
        string what = address is null ? operation : $"{operation} {address}";
        return $"{what}: {errno}; {ErrnoAdvice.For(operation, errno, address)}";
    }
}
