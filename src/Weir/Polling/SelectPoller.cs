using System.Numerics;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Polling;

/// <summary>
/// select(2), by the kernel's own call: the sets grow with the descriptors, past the 1,024 of the C library. A wait costs the highest number
/// that is watched. It tells readable, writable and urgent; see <see cref="IPoller"/> for what it reports instead of the rest.
/// </summary>
public sealed class SelectPoller : IPoller
{
    private readonly FdSet _readable = new();
    private readonly FdSet _writable = new();
    private readonly FdSet _priority = new();

    // By descriptor.
    private ulong[] _tokens = new ulong[64];
    private Watch[] _watches = new Watch[64];

    // The highest number that is watched, plus one, or more until the next wait.
    private int _fdCount;

    // Where the next wait begins to look, so that those beyond its length have their turn.
    private int _next;

    private enum Watch : byte
    {
        None,
        Level,
        OneShot,
    }

    public string Name => "select";

    public PollEvents Distinguishes => PollEvents.Readable | PollEvents.Writable | PollEvents.Priority;

    // The kernel has neither edge nor exclusive; once is told here.
    public bool Supports(PollMode mode) => !mode.Has(PollMode.Edge | PollMode.Exclusive);

    public SysResult Add(int fd, PollEvents interest, PollMode mode, ulong token)
    {
        if (!Supports(mode))
            return SysResult.Failed(Errno.EINVAL);
        if (fd < 0)
            return SysResult.Failed(Errno.EBADF);
        if (IsWatched(fd))
            return SysResult.Failed(Errno.EEXIST);
        MakeRoom(fd);
        _fdCount = Math.Max(_fdCount, fd + 1);
        Set(fd, interest, mode, token);
        return new SysResult(0);
    }

    public SysResult Modify(int fd, PollEvents interest, PollMode mode, ulong token)
    {
        if (!Supports(mode))
            return SysResult.Failed(Errno.EINVAL);
        if (!IsWatched(fd))
            return SysResult.Failed(Errno.ENOENT);
        Set(fd, interest, mode, token);
        return new SysResult(0);
    }

    public SysResult Remove(int fd)
    {
        if (!IsWatched(fd))
            return SysResult.Failed(Errno.ENOENT);
        _watches[fd] = Watch.None;
        Ask(fd, PollEvents.None);
        return new SysResult(0);
    }

    public SysResult Wait(Span<ReadyEvent> ready, int timeoutMs)
    {
        while (_fdCount > 0 && _watches[_fdCount - 1] == Watch.None)
            _fdCount--;
        SysResult result = Sys.Select(
            _fdCount, _readable.ForWait(_fdCount), _writable.ForWait(_fdCount), _priority.ForWait(_fdCount), TimeSpan.FromMilliseconds(timeoutMs));
        if (!result.IsOk)
            return result.Errno is Errno.EINTR ? new SysResult(0) : result;
        if (result.Value == 0)
            return result;

        int start = Math.Min(_next, _fdCount);
        int found = Collect(start, _fdCount, ready, found: 0);
        return new SysResult(Collect(0, start, ready, found));
    }

    public void Dispose()
    {
    }

    private bool IsWatched(int fd) => (uint)fd < (uint)_watches.Length && _watches[fd] != Watch.None;

    private void Set(int fd, PollEvents interest, PollMode mode, ulong token)
    {
        _watches[fd] = mode.Has(PollMode.OneShot) ? Watch.OneShot : Watch.Level;
        _tokens[fd] = token;
        Ask(fd, interest);
    }

    private void Ask(int fd, PollEvents interest)
    {
        _readable.Ask(fd, interest.Has(PollEvents.Readable));
        _writable.Ask(fd, interest.Has(PollEvents.Writable));
        _priority.Ask(fd, interest.Has(PollEvents.Priority));
    }

    private int Collect(int from, int to, Span<ReadyEvent> ready, int found)
    {
        for (int fd = NextFound(from, to); fd < to && found < ready.Length; fd = NextFound(fd + 1, to))
        {
            ready[found++] = Take(fd);
            _next = fd + 1;
        }

        return found;
    }

    private int NextFound(int fd, int to)
    {
        while (fd < to)
        {
            int word = fd / NFDBITS;
            ulong bits = (_readable.FoundWord(word) | _writable.FoundWord(word) | _priority.FoundWord(word)) >> (fd % NFDBITS);
            if (bits != 0)
                return fd + BitOperations.TrailingZeroCount(bits);
            fd = (word + 1) * NFDBITS;
        }

        return to;
    }

    private ReadyEvent Take(int fd)
    {
        PollEvents events = (_readable.WasFound(fd) ? PollEvents.Readable : PollEvents.None)
            | (_writable.WasFound(fd) ? PollEvents.Writable : PollEvents.None)
            | (_priority.WasFound(fd) ? PollEvents.Priority : PollEvents.None);
        if (_watches[fd] == Watch.OneShot)
            Ask(fd, PollEvents.None);
        return new ReadyEvent(events, _tokens[fd]);
    }

    private void MakeRoom(int fd)
    {
        if (fd >= _watches.Length)
        {
            int size = Math.Max(fd + 1, _watches.Length * 2);
            Array.Resize(ref _watches, size);
            Array.Resize(ref _tokens, size);
        }

        if (fd < _readable.CapacityFds)
            return;
        _readable.Grow(fd + 1);
        _writable.Grow(fd + 1);
        _priority.Grow(fd + 1);
    }
}
