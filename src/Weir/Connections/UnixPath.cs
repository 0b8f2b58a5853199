using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>The path of a unix listener: it outlives whoever bound it, so it is replaced when nobody listens and removed at the end.</summary>
internal static class UnixPath
{
    /// <summary>Binds; a path that a dead server left behind is replaced, any other file stays.</summary>
    /// <exception cref="SocketCallException">EADDRINUSE: somebody listens there, or the path is not a socket.</exception>
    public static void Bind(KernelSocket socket, SocketUrl url, in KernelAddress address)
    {
        bool hasMode = url.TryGetOption(SocketOptions.Mode, out UnixFileMode mode);
        // fchmod(2) before bind(2) gives the path its mode from its first instant; what the umask took away is added afterwards.
        if (hasMode)
            Sys.ChangeMode(socket.Fd.Number, (uint)mode);
        try
        {
            socket.Bind(address);
        }
        catch (SocketCallException failure) when (failure.Errno is Errno.EADDRINUSE && address.Path is { } path && IsLeftBehind(path, address))
        {
            File.Delete(path);
            socket.Bind(address);
        }

        if (hasMode && address.Path is { } bound)
            File.SetUnixFileMode(bound, mode);
    }

    /// <summary>The number of the file, to tell later whether the path is still the same; 0 when there is none.</summary>
    public static ulong Inode(string path) => Sys.Stat(path, out statx status).IsOk ? status.stx_ino : 0;

    /// <summary>Removes the path, unless somebody else has taken it meanwhile.</summary>
    public static void Remove(string path, ulong inode)
    {
        if (inode != 0 && Inode(path) == inode)
            File.Delete(path);
    }

    private static bool IsLeftBehind(string path, in KernelAddress address)
    {
        if (!Sys.Stat(path, out statx status).IsOk || (status.stx_mode & S_IFMT) != S_IFSOCK)
            return false;
        using var probe = KernelSocket.Create(AF_UNIX, SOCK_STREAM);
        return probe.Connect(address).Errno is Errno.ECONNREFUSED;
    }
}
