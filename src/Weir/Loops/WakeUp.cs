using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Loops;

/// <summary>What ends a loop's wait from another thread: an eventfd(2) among its sources.</summary>
internal sealed class WakeUp : IReadySource, IDisposable
{
    /// <exception cref="SocketCallException">No descriptor or no memory left.</exception>
    public WakeUp()
    {
        SysResult created = Sys.EventFd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (!created.IsOk)
            throw new SocketCallException("eventfd", created.Errno);
        Fd = new SafeFd(created.Value);
    }

    public SafeFd Fd { get; }

    public ulong Token { get; set; }

    public PollEvents Wanted => PollEvents.Readable;

    // eventfd(2): adding one wakes the wait. EAGAIN would mean that the counter is full, and so that a wake-up is under way.
    public void Signal()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(one, 1UL);
        bool held = false;
        try
        {
            // Held, as the loop may have woken by itself and ended: the number would be a stranger's by now.
            Fd.DangerousAddRef(ref held);
            Sys.Write(Fd.Number, one);
        }
        catch (ObjectDisposedException)
        {
            // It has ended, and nobody is left to wake.
        }
        finally
        {
            if (held)
                Fd.DangerousRelease();
        }
    }

    public void OnReady(PollEvents events)
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        Sys.Read(Fd.Number, count);
    }

    public void Dispose() => Fd.Dispose();
}
