using Weir.Linux;

namespace Weir.Sockets;

/// <summary>Why a call failed and what to try: the second half of an error message.</summary>
internal static class ErrnoAdvice
{
    public static string For(string operation, Errno errno, string? address) => operation switch
    {
        "bind" when IsUnix(address) => ForBindingUnix(errno, address),
        "bind" => ForBindingIP(errno, address),
        "listen" => ForListening(errno, address),
        "connect" => ForConnecting(errno, address),
        "open" => ForOpening(errno),
        "handover" => ForHandingOver(errno),
        _ => null,
    } ?? ForAnyCall(errno);

    private static string? ForBindingUnix(Errno errno, string? address) => errno switch
    {
        Errno.EADDRINUSE when IsAbstract(address) => "another socket has this name; stop it, or choose another name",
        Errno.EADDRINUSE => "the path exists; stop whoever listens there, or remove it when nobody does",
        Errno.EACCES => "no write permission in the directory of the path; choose another one",
        Errno.ENOENT or Errno.ENOTDIR => "the directory of the path does not exist; create it first",
        Errno.EROFS => "the file system is read-only; choose another path",
        Errno.EINVAL => "the socket is bound already, or is not a unix socket",
        _ => null,
    };

    private static string? ForBindingIP(Errno errno, string? address) => errno switch
    {
        Errno.EADDRINUSE => PortIsTaken(address),
        Errno.EACCES => "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one, or see net.ipv4.ip_unprivileged_port_start",
        Errno.EADDRNOTAVAIL => "this machine has no such address; 'ip address' shows those it has",
        Errno.EINVAL => "the socket is bound already, or the address is of another family",
        Errno.EAFNOSUPPORT => "the address is of another family than the socket",
        _ => null,
    };

    private static string? ForListening(Errno errno, string? address) => errno switch
    {
        Errno.EADDRINUSE => PortIsTaken(address),
        Errno.EOPNOTSUPP => "datagram sockets do not listen; receive from it as it is",
        Errno.EINVAL => "a unix socket has to be bound first, and a connected socket does not listen",
        _ => null,
    };

    private static string? ForConnecting(Errno errno, string? address) => errno switch
    {
        Errno.ECONNREFUSED => "nobody listens there; start the server, or check the address",
        Errno.ENOENT or Errno.ENOTDIR => "the path does not exist; start the server, or check the path",
        Errno.EACCES or Errno.EPERM when IsUnix(address) => "no permission to write to the path; check its mode and its directories'",
        Errno.EACCES or Errno.EPERM => "a packet filter forbids it, or it is a broadcast address, which needs broadcast=on",
        Errno.ETIMEDOUT => "no answer in time; check the address and what filters packets on the way",
        Errno.EAGAIN when IsUnix(address) => "the listener's queue is full; try again, or give it a longer backlog",
        Errno.EAGAIN or Errno.EADDRNOTAVAIL => "no free local port or no such local address; see net.ipv4.ip_local_port_range",
        Errno.EPROTOTYPE => "the socket there is of another type; try unix, unixgram or unixpacket",
        Errno.ENETUNREACH or Errno.EHOSTUNREACH => "no route to this address; 'ip route' shows the routes",
        Errno.EISCONN or Errno.EALREADY => "the socket is connected or connecting already; use a new one",
        Errno.EAFNOSUPPORT => "the address is of another family than the socket",
        _ => null,
    };

    private static string? ForOpening(Errno errno) => errno switch
    {
        Errno.ENOENT => "there is no such file or folder; check the path",
        Errno.ENOTDIR => "a part of the path is no folder",
        Errno.EISDIR => "it is a folder; name a file",
        Errno.ENXIO => "nobody reads this FIFO; if it is a socket, write unix:// and the path",
        Errno.EACCES or Errno.EPERM => "this user may not; check the mode of the file and of its folders",
        Errno.EROFS => "the file system is read-only; choose another path",
        _ => null,
    };

    private static string ForAnyCall(Errno errno) => errno switch
    {
        Errno.EMFILE => "this process has no descriptor left; raise 'ulimit -n' or close some",
        Errno.ENFILE => "the machine has no descriptor left; see fs.file-max",
        Errno.EAFNOSUPPORT => "this kernel does not have the address family; IPv6 may be switched off",
        Errno.ENOBUFS or Errno.ENOMEM => "the kernel has no memory for it; see net.ipv4.tcp_mem and the process's limits",
        Errno.ECONNRESET => "the peer reset the connection",
        Errno.EPIPE => "the connection is closed for writing",
        Errno.ETIMEDOUT => "the peer has not answered for too long",
        Errno.ENOTCONN => "the socket is not connected; connect it first",
        Errno.EMSGSIZE => "the message is too long for one datagram; send less at once",
        Errno.EBADF or Errno.ENOTSOCK => "the descriptor is not an open socket",
        Errno.ENOPROTOOPT or Errno.EOPNOTSUPP => "this kernel or this kind of socket does not know it",
        Errno.EINVAL => "the value or the socket's state does not allow it",
        Errno.EPERM or Errno.EACCES => "not permitted for this user",
        _ => "see errno(3) and the call's manual page",
    };

    private static string PortIsTaken(string? address) =>
        $"another socket has this port; find it with 'ss {(IsUdp(address) ? "-lunp" : "-ltnp")}', or choose another port";

    private static string? ForHandingOver(Errno errno) => errno switch
    {
        Errno.EPERM => "the other process is another user's; listeners go to the same user or to root only",
        Errno.EPROTO => "what is there speaks another language; choose a path for this alone, or stop the old process first",
        Errno.ETIMEDOUT => "the other process takes too long; look what it does, or stop it first",
        Errno.ECONNRESET or Errno.EPIPE => "the other process has ended in the middle; start once more",
        Errno.EMFILE or Errno.ETOOMANYREFS => "too many descriptors at once; raise 'ulimit -n'",
        _ => null,
    };

    // An address is a URL, or in the kernel's notation when the socket is closed.
    private static bool IsUnix(string? address) =>
        address is not null && (address.StartsWith("unix", StringComparison.Ordinal) || address.StartsWith('/') || address.StartsWith('@'));

    private static bool IsAbstract(string? address) =>
        address is not null && (address.StartsWith('@') || address.Contains("://@", StringComparison.Ordinal));

    private static bool IsUdp(string? address) => address is not null && address.StartsWith("udp", StringComparison.Ordinal);
}
