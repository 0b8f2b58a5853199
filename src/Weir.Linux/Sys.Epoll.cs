namespace Weir.Linux;

// epoll(7)
public static unsafe partial class Sys
{
    public static SysResult EpollCreate(int flags) => Call(NR.epoll_create1, flags);

    /// <param name="epfd">The epoll descriptor.</param>
    /// <param name="operation">EPOLL_CTL_ADD, EPOLL_CTL_MOD or EPOLL_CTL_DEL.</param>
    /// <param name="fd">The descriptor to watch.</param>
    /// <param name="events">EPOLLIN and so on, with EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE.</param>
    /// <param name="data">Comes back with each event.</param>
    public static SysResult EpollCtl(int epfd, int operation, int fd, uint events, ulong data)
    {
        byte* one = stackalloc byte[epoll_event.MaxSize];
        epoll_event.Write(one, events, data);
        return Call(NR.epoll_ctl, epfd, operation, fd, (nint)one);
    }

    /// <param name="epfd">The epoll descriptor.</param>
    /// <param name="events">Gets the events.</param>
    /// <param name="timeoutMs">0 polls, -1 waits without limit.</param>
    /// <param name="limit">How many events to take, when the array has room for more.</param>
    public static SysResult EpollWait(int epfd, EpollEvents events, int timeoutMs, int limit = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(events);
        return Call(NR.epoll_pwait, epfd, (nint)events.Start, Math.Min(limit, events.Capacity), timeoutMs);
    }
}
