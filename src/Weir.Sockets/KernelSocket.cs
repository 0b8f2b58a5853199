using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>
/// One socket, one method per system call, nothing behind the caller's back: no call is retried and no option is set, apart from
/// close-on-exec always and non-blocking unless blocking is asked for. What moves bytes answers with a <see cref="SysResult"/>;
/// what sets a socket up throws <see cref="SocketCallException"/>. On a disposed socket every call gives EBADF, and what may be null is.
/// </summary>
public sealed partial class KernelSocket : IDisposable
{
    private KernelSocket(SafeFd fd) => Fd = fd;

    /// <summary>The descriptor, owned by this socket.</summary>
    public SafeFd Fd { get; }

    /// <summary>socket(2).</summary>
    /// <param name="family">AF_INET, AF_INET6 or AF_UNIX.</param>
    /// <param name="type">SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.</param>
    /// <param name="blocking">Whether calls wait in the kernel. Loops need false.</param>
    /// <exception cref="SocketCallException">EMFILE, EAFNOSUPPORT and so on.</exception>
    public static KernelSocket Create(int family, int type, bool blocking = false)
    {
        SysResult created = Sys.Socket(family, type | CreationFlags(blocking), protocol: 0);
        return created.IsOk ? Own(created.Value) : throw new SocketCallException("socket", created.Errno);
    }

    /// <summary>socketpair(2): two unix sockets that are connected with each other.</summary>
    /// <param name="type">SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.</param>
    /// <param name="blocking">Whether calls wait in the kernel.</param>
    public static (KernelSocket First, KernelSocket Second) CreatePair(int type, bool blocking = false)
    {
        SysResult created = Sys.SocketPair(AF_UNIX, type | CreationFlags(blocking), protocol: 0, out int first, out int second);
        return created.IsOk ? (Own(first), Own(second)) : throw new SocketCallException("socketpair", created.Errno);
    }

    /// <summary>Takes over a descriptor that this process inherited, and makes it close-on-exec and non-blocking.</summary>
    /// <exception cref="SocketCallException">EBADF: there is no such descriptor; ENOTSOCK: it is not a socket.</exception>
    public static KernelSocket Adopt(int fd)
    {
        SysResult type = Sys.GetSockOpt(fd, SOL_SOCKET, SO_TYPE, out int _);
        if (!type.IsOk)
            throw new SocketCallException("getsockopt", type.Errno, $"fd://{fd}");
        Sys.SetDescriptorFlags(fd, FD_CLOEXEC);
        SysResult flags = Sys.GetStatusFlags(fd);
        Sys.SetStatusFlags(fd, flags.Value | O_NONBLOCK);
        return Own(fd);
    }

    /// <summary>Takes over a descriptor that came with a message (<see cref="ControlMessageReader.TakeDescriptors"/>), as it is.</summary>
    public static KernelSocket Adopt(SafeFd fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        return new KernelSocket(fd);
    }

    /// <summary>bind(2).</summary>
    public void Bind(in KernelAddress address)
    {
        using FdHold fd = new(Fd);
        Check(Sys.Bind(fd.Number, address.Bytes), "bind", address);
    }

    /// <summary>listen(2).</summary>
    /// <param name="backlog">Connections that may wait for accept; the kernel caps it at net.core.somaxconn.</param>
    public void Listen(int backlog)
    {
        using FdHold fd = new(Fd);
        SysResult listening = Sys.Listen(fd.Number, backlog);
        if (!listening.IsOk)
            throw new SocketCallException("listen", listening.Errno, DescribeSelf());
    }

    /// <summary>shutdown(2).</summary>
    /// <param name="how">SHUT_RD, SHUT_WR or SHUT_RDWR.</param>
    public SysResult Shutdown(int how)
    {
        using FdHold fd = new(Fd);
        return Sys.Shutdown(fd.Number, how);
    }

    /// <summary>Makes the close that follows a reset on TCP (SO_LINGER with 0 seconds): what is unsent is lost.</summary>
    public SysResult ResetOnClose() => TrySet(SocketOptions.Linger, LingerTime.Reset);

    /// <summary>
    /// close(2), when the last call in progress has returned. It wakes no call that waits in the kernel: <see cref="Shutdown"/> does.
    /// </summary>
    public void Dispose() => Fd.Dispose();

    public override string ToString() => DescribeSelf() is { } self ? $"{self} ({Fd})" : "closed socket";

    /// <summary>A descriptor that the kernel has made for us, as accept(2) does.</summary>
    internal static KernelSocket Own(int fd) => new(new SafeFd(fd));

    private static int CreationFlags(bool blocking) => SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);

    private void Check(SysResult result, string operation, in KernelAddress address)
    {
        if (!result.IsOk)
            throw new SocketCallException(operation, result.Errno, Describe(address));
    }

    // A closed socket has no scheme, and its message still names the address.
    private string Describe(in KernelAddress address) =>
        ReadScheme(out SocketScheme scheme).IsOk ? address.Describe(scheme) : address.ToString();

    private string? DescribeSelf()
    {
        using FdHold fd = new(Fd);
        return ReadLocalAddress(out KernelAddress address).IsOk ? Describe(address) : null;
    }
}
