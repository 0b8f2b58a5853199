using Weir.Sockets;

namespace Weir;

/// <summary>The sockets of one URL, as they pass from one process to another.</summary>
/// <param name="Url">The text that was asked for: both processes must have been asked for the same.</param>
/// <param name="PathInode">The file that the owner of the sockets removes at its end; 0 when there is none, or it is somebody else's.</param>
/// <param name="Sockets">Bound, and listening if they are of a kind that listens. Those that came from another process are the receiver's.</param>
internal sealed record HandoverSockets(string Url, ulong PathInode, List<KernelSocket> Sockets) : IDisposable
{
    public void Dispose() => Sockets.ForEach(socket => socket.Dispose());
}

/// <summary>What has sockets that another process can go on with.</summary>
internal interface IHandoverSource
{
    /// <summary>The sockets, which stay this source's.</summary>
    HandoverSockets Offer();

    /// <summary>Lets go of sockets that are another process's as well: what waits in them is left to it, and so is the path.</summary>
    Task ReleaseAsync();
}
