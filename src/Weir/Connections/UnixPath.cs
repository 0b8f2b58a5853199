using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// The path of a unix socket that is bound: it outlives whoever bound it, so it is replaced when nobody listens and removed at the end. A path is
/// bytes and need not be UTF-8.
/// </summary>
internal static class UnixPath
{
    // A start holds the lock for a few system calls. Whoever holds it longer is no server that starts.
    private static readonly TimeSpan s_lockLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lockRetry = TimeSpan.FromMilliseconds(20);

    /// <summary>Binds, and listens with this backlog; a path that a dead server left behind is replaced, any other file stays.</summary>
    /// <exception cref="SocketCallException">EADDRINUSE: somebody listens there, or the path is not a socket; or the kernel's other refusals.</exception>
    public static void Bind(KernelSocket socket, SocketUrl url, in KernelAddress address, int? listen)
    {
        // Between bind and listen a path looks left behind: whoever starts at the same time waits for the directory's lock.
        using SafeFd? directory = address.HasPath ? LockDirectory(address.UnixNameBytes) : null;
        bool hasMode = url.TryGetOption(SocketOptions.Mode, out UnixFileMode mode) && address.HasPath;
        // fchmod(2) before bind(2) gives the path its mode from its first instant; what the umask took away is added afterwards.
        if (hasMode)
            Sys.ChangeMode(socket.Fd.Number, (uint)mode);
        try
        {
            socket.Bind(address);
        }
        catch (SocketCallException failure) when (failure.Errno is Errno.EADDRINUSE && address.HasPath && IsLeftBehind(address, url.Scheme))
        {
            Check(Sys.Unlink(address.UnixNameBytes), "unlink", address);
            socket.Bind(address);
        }

        if (hasMode)
            Check(Sys.ChangeMode(address.UnixNameBytes, (uint)mode), "chmod", address);
        if (listen is { } backlog)
            socket.Listen(backlog);
    }

    /// <summary>The number of the file, to tell later whether the path is still the same; 0 when there is none.</summary>
    public static ulong Inode(in KernelAddress address) =>
        address.HasPath && Sys.Stat(address.UnixNameBytes, out statx status).IsOk ? status.stx_ino : 0;

    /// <summary>Removes the path, unless somebody else has taken it meanwhile.</summary>
    public static void Remove(in KernelAddress address, ulong inode)
    {
        if (inode != 0 && Inode(address) == inode)
            Sys.Unlink(address.UnixNameBytes);
    }

    // A directory that cannot be opened, or that somebody keeps locked, is not locked: that is how it always was.
    private static SafeFd? LockDirectory(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        SysResult opened = Sys.Open(slash < 0 ? "."u8 : path[..(slash + 1)], O_RDONLY | O_CLOEXEC);
        if (!opened.IsOk)
            return null;
        var directory = new SafeFd(opened.Value);
        long start = TimeProvider.System.GetTimestamp();
        while (Sys.Lock(directory.Number, LOCK_EX | LOCK_NB).Errno is Errno.EAGAIN && TimeProvider.System.GetElapsedTime(start) < s_lockLimit)
            Sys.Poll([], s_lockRetry);
        return directory;
    }

    private static bool IsLeftBehind(in KernelAddress address, SocketScheme scheme)
    {
        if (!Sys.Stat(address.UnixNameBytes, out statx status).IsOk || (status.stx_mode & S_IFMT) != S_IFSOCK)
            return false;
        using var probe = KernelSocket.Create(AF_UNIX, scheme.SocketType());
        return probe.Connect(address).Errno is Errno.ECONNREFUSED;
    }

    private static void Check(SysResult result, string operation, in KernelAddress address)
    {
        if (!result.IsOk)
            throw new SocketCallException(operation, result.Errno, address.Describe(SocketScheme.Unix));
    }
}
