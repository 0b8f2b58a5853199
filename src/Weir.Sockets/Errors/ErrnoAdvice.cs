using Weir.Linux;

namespace Weir.Sockets;

/// <summary>Why a call failed and what to try: the second half of an error message.</summary>
internal static class ErrnoAdvice
{
    public static string For(string operation, Errno errno, string? address) => (operation, errno) switch
    {
        ("bind", Errno.EACCES) when IsUnix(address) => "no write permission in the directory of the path; choose another one",
        ("bind", Errno.EACCES) => "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one, or see net.ipv4.ip_unprivileged_port_start",
        ("bind", Errno.EADDRINUSE) when IsUnix(address) => "the path exists; stop whoever listens there, or remove it when nobody does",
        ("bind" or "listen", Errno.EADDRINUSE) => "another socket has this port; find it with 'ss -ltnp', or choose another port",
        ("bind", Errno.EADDRNOTAVAIL) => "this machine has no such address; 'ip address' shows those it has",
        ("bind", Errno.ENOENT) => "the directory of the path does not exist; create it first",
        ("bind", Errno.EROFS) => "the file system is read-only; choose another path",
        ("connect", Errno.ECONNREFUSED) => "nobody listens there; start the server, or check the address",
        ("connect", Errno.ENOENT) => "the path does not exist; start the server, or check the path",
        ("connect", Errno.EACCES or Errno.EPERM) => "no permission for this address; check the path's mode, or the packet filter",
        ("connect", Errno.ETIMEDOUT) => "no answer in time; check the address and what filters packets on the way",
        ("connect", Errno.EADDRNOTAVAIL) => "no free local port or no such local address; see net.ipv4.ip_local_port_range",
        ("connect", Errno.EPROTOTYPE) => "the socket there is of another type; try unix, unixgram or unixpacket",
        ("connect", Errno.ENETUNREACH or Errno.EHOSTUNREACH) => "no route to this address; 'ip route' shows the routes",
        (_, Errno.EMFILE) => "this process has no descriptor left; raise 'ulimit -n' or close some",
        (_, Errno.ENFILE) => "the machine has no descriptor left; see fs.file-max",
        (_, Errno.EAFNOSUPPORT) => "this kernel does not have the address family; IPv6 may be switched off",
        (_, Errno.ENOBUFS or Errno.ENOMEM) => "the kernel has no memory for it; see net.ipv4.tcp_mem and the process's limits",
        (_, Errno.ECONNRESET) => "the peer reset the connection",
        (_, Errno.EPIPE) => "the peer has closed the connection",
        (_, Errno.EBADF or Errno.ENOTSOCK) => "the descriptor is not an open socket",
        (_, Errno.ENOPROTOOPT) => "this kernel or this kind of socket does not know the option",
        (_, Errno.EINVAL) => "the value or the socket's state does not allow it",
        (_, Errno.EPERM or Errno.EACCES) => "not permitted for this user",
        _ => "see errno(3) and the call's manual page",
    };

    private static bool IsUnix(string? address) =>
        address is not null && (address.StartsWith("unix", StringComparison.Ordinal) || address.StartsWith('/') || address.StartsWith('@'));
}
