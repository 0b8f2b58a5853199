using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public sealed partial class KernelSocket
{
    /// <summary>
    /// connect(2): EINPROGRESS on a non-blocking socket says that it goes on; when the socket is writable, <see cref="TakeError"/> has
    /// the outcome. A unix socket says EAGAIN when the listener's queue is full, and tries nothing more.
    /// </summary>
    public SysResult Connect(in KernelAddress address)
    {
        using FdHold fd = new(Fd);
        return Sys.Connect(fd.Number, address.Bytes);
    }

    /// <summary>Connects and waits for the outcome on the calling thread.</summary>
    /// <param name="address">Whom to connect to.</param>
    /// <param name="timeout">
    /// How long to wait, <see cref="Timeout.InfiniteTimeSpan"/> for as long as the kernel tries. A blocking socket waits that long anyhow.
    /// </param>
    /// <exception cref="SocketCallException">
    /// Refused, unreachable, or ETIMEDOUT when the time is over; the kernel then goes on trying until the socket is disposed of.
    /// </exception>
    public void Connect(in KernelAddress address, TimeSpan timeout)
    {
        SysResult result = Connect(address);
        if (result.Errno is Errno.EINPROGRESS)
            result = WaitFor(POLLOUT, timeout) ? SysResult.Failed(TakeError()) : SysResult.Failed(Errno.ETIMEDOUT);
        Check(result, "connect", address);
    }

    /// <summary>SO_ERROR: the error that waits at the socket, which is cleared by reading it; None when there is none.</summary>
    public Errno TakeError()
    {
        using FdHold fd = new(Fd);
        SysResult read = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_ERROR, out int error);
        return read.IsOk ? (Errno)error : read.Errno;
    }

    /// <summary>poll(2) on this socket alone; a signal does not end it early.</summary>
    /// <param name="events">POLLIN, POLLOUT.</param>
    /// <param name="timeout">Zero polls, <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.</param>
    /// <returns>False when the time is over. Errors and hang-ups count as ready: the next call says what they are.</returns>
    /// <exception cref="SocketCallException">EBADF: the socket is disposed of.</exception>
    public bool WaitFor(short events, TimeSpan timeout)
    {
        using FdHold fd = new(Fd);
        // poll(2) passes over negative numbers, and would wait for nothing.
        if (fd.Number < 0)
            throw new SocketCallException("poll", Errno.EBADF);
        long start = TimeProvider.System.GetTimestamp();
        Span<pollfd> one = [new pollfd { fd = fd.Number, events = events }];
        TimeSpan remaining = timeout;
        while (true)
        {
            SysResult polled = Sys.Poll(one, remaining);
            if (polled.Errno is not Errno.EINTR)
                return polled.IsOk ? polled.Value > 0 : throw new SocketCallException("poll", polled.Errno);
            if (timeout == Timeout.InfiniteTimeSpan)
                continue;
            remaining = timeout - TimeProvider.System.GetElapsedTime(start);
            if (remaining <= TimeSpan.Zero)
                return false;
        }
    }
}
