using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>An eventfd(2): readable from the first signal on, until somebody reads it.</summary>
internal sealed class EventDescriptor : IDisposable
{
    /// <exception cref="SocketCallException">No descriptor or no memory left.</exception>
    public EventDescriptor()
    {
        SysResult created = Sys.EventFd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (!created.IsOk)
            throw new SocketCallException("eventfd", created.Errno);
        Fd = new SafeFd(created.Value);
    }

    public SafeFd Fd { get; }

    /// <summary>From any thread, also when it is disposed of: whoever waited has gone, and nobody is left to wake.</summary>
    public void Signal()
    {
        // EAGAIN would mean that the counter is full, and so that a signal waits.
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(one, 1UL);
        using FdHold fd = new(Fd);
        Sys.Write(fd.Number, one);
    }

    /// <summary>It is not readable any more, until the next signal.</summary>
    public void Clear()
    {
        using FdHold fd = new(Fd);
        Sys.Read(fd.Number, stackalloc byte[sizeof(ulong)]);
    }

    public void Dispose() => Fd.Dispose();
}
