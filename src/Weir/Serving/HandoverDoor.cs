using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// The listening unixpacket socket at a path where the next process asks for listeners. It is handed over as well, so that the path never
/// leads nowhere.
/// </summary>
internal sealed class HandoverDoor(KernelSocket socket, SocketUrl url, ulong inode) : IDisposable
{
    // Processes that wait for their turn; one more is refused by the kernel until somebody has had it.
    private const int Backlog = 16;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    public KernelSocket Socket => socket;

    public SocketUrl Url => url;

    public ulong Inode => inode;

    /// <summary>The address of a path, relative ones as of this moment.</summary>
    /// <exception cref="SocketUrlException">The path is empty or too long for a unix socket.</exception>
    public static SocketUrl UrlOf(string path) => SocketUrl.UnixPacket(path.Length == 0 ? path : Path.GetFullPath(path));

    /// <exception cref="SocketCallException">EADDRINUSE: the path is no socket, or somebody listens there; or the kernel's other refusals.</exception>
    public static HandoverDoor Bind(SocketUrl url)
    {
        var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        try
        {
            SocketUrl ownersOnly = url.With(SocketOptions.Mode, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            UnixPath.Bind(socket, ownersOnly, AddressOf(url), listen: Backlog);
            return new HandoverDoor(socket, url, UnixPath.Inode(AddressOf(url)));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to whoever has the door at this path; null when nobody has.</summary>
    /// <exception cref="SocketCallException">EACCES: it is another user's; EPROTOTYPE: it is another kind of socket; ETIMEDOUT: a long queue.</exception>
    public static KernelSocket? Connect(SocketUrl url, Interrupt interrupt, TimeSpan limit)
    {
        long start = TimeProvider.System.GetTimestamp();
        var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        while (true)
        {
            Errno errno = socket.Connect(AddressOf(url)).Errno;
            if (errno == Errno.None)
                return socket;
            if (errno != Errno.EAGAIN || TimeProvider.System.GetElapsedTime(start) > limit)
            {
                socket.Dispose();
                if (errno is Errno.ENOENT or Errno.ECONNREFUSED)
                    return null;
                throw new SocketCallException("connect", errno is Errno.EAGAIN ? Errno.ETIMEDOUT : errno, url.ToString());
            }

            interrupt.Rest(s_retry);
        }
    }

    public void RemovePath() => UnixPath.Remove(AddressOf(url), inode);

    public void Dispose() => socket.Dispose();

    private static KernelAddress AddressOf(SocketUrl url) => KernelAddress.FromUnixPath(url.UnixNameBytes);
}
