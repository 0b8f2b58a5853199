using System.Runtime.CompilerServices;

namespace Weir.Linux;

// Calls on sockets: socket(2), bind(2), listen(2), accept(2), connect(2), send(2), recv(2), shutdown(2), getsockopt(2).
public static unsafe partial class Sys
{
    public static SysResult Socket(int family, int type, int protocol) => Call(NR.socket, family, type, protocol);

    public static SysResult SocketPair(int family, int type, int protocol, out int first, out int second)
    {
        int* pair = stackalloc int[2];
        SysResult result = Call(NR.socketpair, family, type, protocol, (nint)pair);
        (first, second) = result.IsOk ? (pair[0], pair[1]) : (-1, -1);
        return result;
    }

    public static SysResult Bind(int fd, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
            return Call(NR.bind, fd, (nint)start, address.Length);
    }

    public static SysResult Listen(int fd, int backlog) => Call(NR.listen, fd, backlog);

    /// <param name="fd">The listening socket.</param>
    /// <param name="flags">SOCK_NONBLOCK, SOCK_CLOEXEC.</param>
    public static SysResult Accept(int fd, int flags) => Call(NR.accept4, fd, 0, 0, flags);

    /// <param name="fd">The listening socket.</param>
    /// <param name="address">Gets the peer's address.</param>
    /// <param name="addressLength">The address's own length, which may exceed the space that was given.</param>
    /// <param name="flags">SOCK_NONBLOCK, SOCK_CLOEXEC.</param>
    public static SysResult Accept(int fd, Span<byte> address, out int addressLength, int flags)
    {
        int length = address.Length;
        SysResult result;
        fixed (byte* start = address)
            result = Call(NR.accept4, fd, (nint)start, (nint)(&length), flags);
        addressLength = length;
        return result;
    }

    public static SysResult Connect(int fd, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
            return Call(NR.connect, fd, (nint)start, address.Length);
    }

    public static SysResult GetSocketName(int fd, Span<byte> address, out int addressLength) =>
        GetName(NR.getsockname, fd, address, out addressLength);

    public static SysResult GetPeerName(int fd, Span<byte> address, out int addressLength) =>
        GetName(NR.getpeername, fd, address, out addressLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SysResult Send(int fd, ReadOnlySpan<byte> bytes, int flags)
    {
        fixed (byte* start = bytes)
            return Call(NR.sendto, fd, (nint)start, bytes.Length, flags);
    }

    public static SysResult SendTo(int fd, ReadOnlySpan<byte> bytes, int flags, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = bytes, to = address)
            return Call(NR.sendto, fd, (nint)start, bytes.Length, flags, (nint)to, address.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SysResult Recv(int fd, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
            return Call(NR.recvfrom, fd, (nint)start, buffer.Length, flags);
    }

    public static SysResult RecvFrom(int fd, Span<byte> buffer, int flags, Span<byte> address, out int addressLength)
    {
        int length = address.Length;
        SysResult result;
        fixed (byte* start = buffer, from = address)
            result = Call(NR.recvfrom, fd, (nint)start, buffer.Length, flags, (nint)from, (nint)(&length));
        addressLength = length;
        return result;
    }

    /// <summary>sendmsg(2). What the header points to must stay in place until the call returns.</summary>
    public static SysResult SendMsg(int fd, ref msghdr message, int flags)
    {
        fixed (msghdr* header = &message)
            return Call(NR.sendmsg, fd, (nint)header, flags);
    }

    /// <summary>recvmsg(2). What the header points to must stay in place until the call returns.</summary>
    public static SysResult RecvMsg(int fd, ref msghdr message, int flags)
    {
        fixed (msghdr* header = &message)
            return Call(NR.recvmsg, fd, (nint)header, flags);
    }

    /// <param name="fd">The socket.</param>
    /// <param name="how">SHUT_RD, SHUT_WR or SHUT_RDWR.</param>
    public static SysResult Shutdown(int fd, int how) => Call(NR.shutdown, fd, how);

    public static SysResult SetSockOpt(int fd, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
            return Call(NR.setsockopt, fd, level, option, (nint)start, value.Length);
    }

    public static SysResult SetSockOpt(int fd, int level, int option, int value) =>
        Call(NR.setsockopt, fd, level, option, (nint)(&value), sizeof(int));

    /// <param name="fd">The socket.</param>
    /// <param name="level">SOL_SOCKET, IPPROTO_TCP and so on.</param>
    /// <param name="option">The option's number at that level.</param>
    /// <param name="value">Gets the value.</param>
    /// <param name="length">How many bytes the kernel wrote; an older kernel knows shorter structures.</param>
    public static SysResult GetSockOpt(int fd, int level, int option, Span<byte> value, out int length)
    {
        int size = value.Length;
        SysResult result;
        fixed (byte* start = value)
            result = Call(NR.getsockopt, fd, level, option, (nint)start, (nint)(&size));
        length = size;
        return result;
    }

    public static SysResult GetSockOpt(int fd, int level, int option, out int value)
    {
        int answer = 0;
        int size = sizeof(int);
        SysResult result = Call(NR.getsockopt, fd, level, option, (nint)(&answer), (nint)(&size));
        value = answer;
        return result;
    }

    private static SysResult GetName(int number, int fd, Span<byte> address, out int addressLength)
    {
        int length = address.Length;
        SysResult result;
        fixed (byte* start = address)
            result = Call(number, fd, (nint)start, (nint)(&length));
        addressLength = length;
        return result;
    }
}
