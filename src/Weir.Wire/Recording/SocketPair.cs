using Weir.Sockets;

namespace Weir.Wire;

/// <summary>Both addresses of a host's socket; a listener's remote port is 0.</summary>
internal readonly record struct SocketPair(KernelAddress Local, KernelAddress Remote)
{
    public bool IsListener => Remote.Port == 0;
}
