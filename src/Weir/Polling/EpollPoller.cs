using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Polling;

/// <summary>epoll(7): the kernel keeps the set, a wait costs what is ready and not what is watched.</summary>
public sealed class EpollPoller : IPoller
{
    private readonly SafeFd _epoll;
    private readonly EpollEvents _events;

    /// <param name="batch">How many events one wait can report.</param>
    /// <exception cref="SocketCallException">No descriptor or no memory left.</exception>
    public EpollPoller(int batch = 256)
    {
        SysResult created = Sys.EpollCreate(EPOLL_CLOEXEC);
        if (!created.IsOk)
            throw new SocketCallException("epoll_create1", created.Errno);
        _epoll = new SafeFd(created.Value);
        _events = new EpollEvents(batch);
    }

    public string Name => "epoll";

    public PollEvents Distinguishes => PollFlags.All;

    // EPOLLEXCLUSIVE goes with level and edge only (epoll_ctl(2)).
    public bool Supports(PollMode mode) => (mode & (PollMode.OneShot | PollMode.Exclusive)) != (PollMode.OneShot | PollMode.Exclusive);

    public SysResult Add(int fd, PollEvents interest, PollMode mode, ulong token) =>
        Sys.EpollCtl(_epoll.Number, EPOLL_CTL_ADD, fd, Flags(interest, mode), token);

    public SysResult Modify(int fd, PollEvents interest, PollMode mode, ulong token) =>
        Sys.EpollCtl(_epoll.Number, EPOLL_CTL_MOD, fd, Flags(interest, mode), token);

    public SysResult Remove(int fd) => Sys.EpollCtl(_epoll.Number, EPOLL_CTL_DEL, fd, 0, 0);

    public SysResult Wait(Span<ReadyEvent> ready, int timeoutMs)
    {
        SysResult result = Sys.EpollWait(_epoll.Number, _events, timeoutMs, limit: ready.Length);
        if (!result.IsOk)
            return result.Errno is Errno.EINTR ? new SysResult(0) : result;

        for (int i = 0; i < result.Value; i++)
            ready[i] = new ReadyEvent((PollEvents)_events.EventsAt(i), _events.DataAt(i));
        return result;
    }

    public void Dispose() => _epoll.Dispose();

    private static uint Flags(PollEvents interest, PollMode mode)
    {
        uint flags = (uint)interest;
        if (mode.Has(PollMode.Edge))
            flags |= EPOLLET;
        if (mode.Has(PollMode.OneShot))
            flags |= EPOLLONESHOT;
        if (mode.Has(PollMode.Exclusive))
            flags |= EPOLLEXCLUSIVE;
        return flags;
    }
}
