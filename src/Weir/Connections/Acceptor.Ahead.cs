using Weir.Linux;
using Weir.Sockets;

namespace Weir;

// Where the kernel accepts on its own, connections come without having been asked for one by one. Those that find no place are kept, and are
// the first to get one.
internal sealed partial class Acceptor
{
    // As many as an accept queue holds, and so as many as may come before anybody looks (SOMAXCONN).
    private const int MostAtOnce = 4096;

    private Queue<KernelSocket>? _kept;
    private int _lastNumber;

    /// <summary>Whether the kernel may accept before a place was taken: there are more places and descriptors than could come at once.</summary>
    public bool MayAcceptAhead =>
        owner.HasManyPlaces && KeptCount == 0 && Volatile.Read(ref _closing) is null && !DescriptorReserve.Has(_lastNumber + MostAtOnce);

    private int KeptCount => _kept?.Count ?? 0;

    /// <summary>The kernel has accepted a connection.</summary>
    public void OnAccepted(int fd)
    {
        if (KeptCount > 0 || !TryTakePlace())
        {
            Keep(fd);
            return;
        }

        Take(KernelSocket.Own(fd));
        if (_reachedReserve)
            IsReserveFreeAgain();
    }

    /// <summary>The kernel could not accept.</summary>
    public void OnAcceptFailed(Errno error)
    {
        if (error is not Errno.ECANCELED)
            GoesOnAfter(error);
    }

    /// <summary>Keeps a connection that was accepted while nobody could take it.</summary>
    public void Keep(int fd) => (_kept ??= []).Enqueue(KernelSocket.Own(fd));

    // Those that find places, a turn's share at a time.
    private void TakeKept()
    {
        if (KeptCount > 0 && _attached)
            AcceptSome(loop.Options.AcceptsPerTurn);
        if (KeptCount > 0 && _attached)
            loop.RunNextTurn(this);
    }

    private KernelSocket? TryTakeKept() => _kept is not null && _kept.TryDequeue(out KernelSocket? first) ? first : null;

    // What the kernel has accepted by now is here when this returns, and what comes later waits in the queue.
    private void StopAcceptingAhead()
    {
        if (!loop.AcceptsAhead || !_attached)
            return;
        loop.Detach(this);
        _attached = false;
        while (KeptCount > 0 && owner.TryTakePlace())
            Take(TryTakeKept()!);
    }

    private void DropKept()
    {
        while (TryTakeKept() is { } socket)
            socket.Dispose();
    }
}
