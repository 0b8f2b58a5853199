using System.Net.Sockets;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>
/// A connection's socket as .NET's <see cref="Socket"/>, for who sets options or asks for more than the features tell. It has a descriptor of
/// its own, because the number of ours may be somebody else's the moment that the connection is closed.
/// </summary>
internal sealed class SharedSocket
{
    private readonly Lock _lock = new();
    private Socket? _socket;

    /// <summary>Made when it is first asked for.</summary>
    /// <exception cref="ObjectDisposedException">The connection is closed, and nobody had asked before.</exception>
    /// <exception cref="SocketCallException">There is no descriptor left.</exception>
    public Socket Get(KernelSocket socket)
    {
        lock (_lock)
            return _socket ??= Open(socket);
    }

    /// <summary>With the connection's own descriptor: the peer learns of a reset when both are closed.</summary>
    public void Close()
    {
        lock (_lock)
            _socket?.Dispose();
    }

    private static Socket Open(KernelSocket socket)
    {
        ObjectDisposedException.ThrowIf(socket.Fd.IsDisposed, socket);
        bool isHeld = false;
        try
        {
            socket.Fd.DangerousAddRef(ref isHeld);
            SysResult duplicated = Sys.Duplicate(socket.Fd.Number);
            return duplicated.IsOk
                ? new Socket(new SafeSocketHandle(duplicated.Value, ownsHandle: true))
                : throw new SocketCallException("fcntl", duplicated.Errno, "another descriptor of a connection");
        }
        finally
        {
            if (isHeld)
                socket.Fd.DangerousRelease();
        }
    }
}
