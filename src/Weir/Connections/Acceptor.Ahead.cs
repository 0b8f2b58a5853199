using Weir.Linux;
using Weir.Sockets;

namespace Weir;

// Where the kernel accepts on its own, connections come without having been asked for one by one. Those that find no place are kept, and are
// the first to get one.
internal sealed partial class Acceptor
{
    private Queue<KernelSocket>? _kept;

    /// <summary>Whether the kernel may accept before a place was taken.</summary>
    public bool MayAcceptAhead => owner.HasManyPlaces && KeptCount == 0 && !_reachedReserve && Volatile.Read(ref _closing) is null;

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

    private KernelSocket? TryTakeKept() => _kept is not null && _kept.TryDequeue(out KernelSocket? first) ? first : null;

    // What the kernel has accepted by now is here when this returns, and what comes later waits in the queue.
    private void StopAcceptingAhead()
    {
        if (!loop.ReceivesByCompletion || !_attached)
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
