using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>What this process or machine has run out of, which no other address would help.</summary>
internal static class Shortage
{
    /// <returns>Null when the failure is of another kind.</returns>
    public static ServerEventKind? KindOf(Exception failure) => failure is SocketCallException call ? KindOf(call.Errno) : null;

    /// <inheritdoc cref="KindOf(Exception)"/>
    public static ServerEventKind? KindOf(Errno errno) => errno switch
    {
        Errno.EMFILE or Errno.ENFILE => ServerEventKind.OutOfDescriptors,
        Errno.ENOBUFS or Errno.ENOMEM => ServerEventKind.OutOfMemory,
        // No port is left to connect from (ip(7)); there is no kind of its own for that.
        Errno.EADDRNOTAVAIL => ServerEventKind.StreamFailed,
        _ => null,
    };
}
