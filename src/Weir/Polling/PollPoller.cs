using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Polling;

/// <summary>
/// poll(2): the set is handed over with every wait, which costs what is watched and not what is ready. Adding and removing cost no call.
/// </summary>
public sealed class PollPoller : IPoller
{
    // Without gaps: who is removed leaves its place to the last one.
    private pollfd[] _fds = new pollfd[64];
    private ulong[] _tokens = new ulong[64];
    private PollMode[] _modes = new PollMode[64];
    private int _count;

    // By descriptor: its place above, plus one.
    private int[] _places = new int[64];

    // Where the next wait begins to look, so that those beyond its length have their turn.
    private int _next;

    public string Name => "poll";

    public PollEvents Distinguishes => PollFlags.All;

    // The kernel has neither edge nor exclusive; once is told here.
    public bool Supports(PollMode mode) => !mode.Has(PollMode.Edge | PollMode.Exclusive);

    public SysResult Add(int fd, PollEvents interest, PollMode mode, ulong token)
    {
        if (!Supports(mode))
            return SysResult.Failed(Errno.EINVAL);
        if (fd < 0)
            return SysResult.Failed(Errno.EBADF);
        if (TryFind(fd, out _))
            return SysResult.Failed(Errno.EEXIST);
        MakeRoom(fd);
        _places[fd] = ++_count;
        Set(_count - 1, fd, interest, mode, token);
        return new SysResult(0);
    }

    public SysResult Modify(int fd, PollEvents interest, PollMode mode, ulong token)
    {
        if (!Supports(mode))
            return SysResult.Failed(Errno.EINVAL);
        if (!TryFind(fd, out int place))
            return SysResult.Failed(Errno.ENOENT);
        Set(place, fd, interest, mode, token);
        return new SysResult(0);
    }

    public SysResult Remove(int fd)
    {
        if (!TryFind(fd, out int place))
            return SysResult.Failed(Errno.ENOENT);
        _places[fd] = 0;
        int last = --_count;
        if (place == last)
            return new SysResult(0);
        (_fds[place], _tokens[place], _modes[place]) = (_fds[last], _tokens[last], _modes[last]);
        _places[Number(_fds[place].fd)] = place + 1;
        return new SysResult(0);
    }

    public SysResult Wait(Span<ReadyEvent> ready, int timeoutMs)
    {
        SysResult result = Sys.Poll(_fds.AsSpan(0, _count), TimeSpan.FromMilliseconds(timeoutMs));
        if (!result.IsOk)
            return result.Errno is Errno.EINTR ? new SysResult(0) : result;

        int wanted = Math.Min(result.Value, ready.Length);
        int found = 0;
        for (int looked = 0; found < wanted && looked < _count; looked++)
        {
            int place = _next < _count ? _next : 0;
            _next = place + 1;
            if (_fds[place].revents != 0)
                ready[found++] = Take(place);
        }

        return new SysResult(found);
    }

    public void Dispose()
    {
    }

    private bool TryFind(int fd, out int place)
    {
        place = (uint)fd < (uint)_places.Length ? _places[fd] - 1 : -1;
        return place >= 0;
    }

    private void Set(int place, int fd, PollEvents interest, PollMode mode, ulong token)
    {
        _fds[place] = new pollfd { fd = fd, events = (short)interest };
        _tokens[place] = token;
        _modes[place] = mode;
    }

    private ReadyEvent Take(int place)
    {
        ref pollfd entry = ref _fds[place];
        // poll(2): a negative number is ignored, hang-ups and errors included.
        if (_modes[place].Has(PollMode.OneShot))
            entry.fd = ~entry.fd;
        // A descriptor that was closed first: an error, or whoever watches it would never know.
        int events = (entry.revents & POLLNVAL) != 0 ? POLLERR : entry.revents;
        return new ReadyEvent((PollEvents)events, _tokens[place]);
    }

    private static int Number(int fd) => fd < 0 ? ~fd : fd;

    private void MakeRoom(int fd)
    {
        if (fd >= _places.Length)
            Array.Resize(ref _places, Math.Max(fd + 1, _places.Length * 2));
        if (_count < _fds.Length)
            return;
        Array.Resize(ref _fds, _count * 2);
        Array.Resize(ref _tokens, _count * 2);
        Array.Resize(ref _modes, _count * 2);
    }
}
