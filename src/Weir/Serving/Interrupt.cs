using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Ends the waits of a thread that works with calls which wait; once set it stays set (eventfd(2)).</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly EventDescriptor _event = new();

    /// <summary>From any thread.</summary>
    public void Set() => _event.Signal();

    /// <summary>poll(2) of a socket that belongs to the calling thread.</summary>
    /// <returns>False when the time is over.</returns>
    /// <exception cref="OperationCanceledException">The interrupt is set.</exception>
    public bool WaitFor(KernelSocket socket, short events, TimeSpan limit) =>
        Poll(new pollfd { fd = socket.Fd.Number, events = events }, limit);

    /// <summary>Lets time pass.</summary>
    /// <exception cref="OperationCanceledException">The interrupt is set.</exception>
    public void Rest(TimeSpan time) => Poll(new pollfd { fd = -1 }, time);

    public void Dispose() => _event.Dispose();

    private bool Poll(pollfd first, TimeSpan limit)
    {
        long start = TimeProvider.System.GetTimestamp();
        Span<pollfd> both = [first, new pollfd { fd = _event.Fd.Number, events = POLLIN }];
        TimeSpan remaining = limit;
        while (true)
        {
            SysResult polled = Sys.Poll(both, remaining);
            if (polled is { IsOk: false, Errno: not Errno.EINTR })
                throw new SocketCallException("poll", polled.Errno);
            if (polled.IsOk && both[1].revents != 0)
                throw new OperationCanceledException();
            if (polled.IsOk)
                return both[0].revents != 0;
            if (limit == Timeout.InfiniteTimeSpan)
                continue;
            remaining = limit - TimeProvider.System.GetElapsedTime(start);
            if (remaining <= TimeSpan.Zero)
                return false;
        }
    }
}
