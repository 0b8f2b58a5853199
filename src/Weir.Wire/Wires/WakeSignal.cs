using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>An eventfd(2) that ends a thread's wait in poll(2).</summary>
internal sealed class WakeSignal : IDisposable
{
    /// <exception cref="SocketCallException">No descriptor left.</exception>
    public WakeSignal()
    {
        SysResult created = Sys.EventFd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        Fd = created.IsOk ? new SafeFd(created.Value) : throw new SocketCallException("eventfd", created.Errno);
    }

    public SafeFd Fd { get; }

    /// <summary>From any thread.</summary>
    public void Set()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(one, 1UL);
        using FdHold fd = new(Fd);
        Sys.Write(fd.Number, one);
    }

    public void Clear() => Sys.Read(Fd.Number, stackalloc byte[sizeof(ulong)]);

    public void Dispose() => Fd.Dispose();
}
