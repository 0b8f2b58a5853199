using System.Net.Sockets;
using Weir.Linux;
using Xunit;

namespace Weir.Sockets.Tests.Errors;

public sealed class SocketCallExceptionTests
{
    private const string LastResort = "see errno(3)";

    private static readonly string[] s_operations = ["socket", "bind", "listen", "connect", "setsockopt SO_RCVBUF", "recv"];

    private static readonly string?[] s_addresses =
        ["tcp://127.0.0.1:80", "udp://[::1]:53", "unix:///run/x.sock", "unix://@x", "127.0.0.1:80", "/x", "@x", "", null];

    [Theory]
    [InlineData(
        "bind", Errno.EACCES, "tcp://127.0.0.1:80",
        "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one, or see net.ipv4.ip_unprivileged_port_start")]
    [InlineData("bind", Errno.EACCES, "unix:///run/x.sock", "no write permission in the directory of the path; choose another one")]
    [InlineData("bind", Errno.EADDRINUSE, "tcp://:80", "another socket has this port; find it with 'ss -ltnp', or choose another port")]
    [InlineData("bind", Errno.EADDRINUSE, "udp://:53", "another socket has this port; find it with 'ss -lunp', or choose another port")]
    [InlineData(
        "bind", Errno.EADDRINUSE, "unix:///run/x.sock",
        "the path exists; stop whoever listens there, or remove it when nobody does")]
    [InlineData("bind", Errno.EADDRINUSE, "unix://@x", "another socket has this name; stop it, or choose another name")]
    [InlineData(
        "bind", Errno.EADDRNOTAVAIL, "tcp://[2001:db8::1]:3110",
        "this machine has no such address; 'ip address' shows those it has")]
    [InlineData("bind", Errno.ENOENT, "unix:///none/x.sock", "the directory of the path does not exist; create it first")]
    [InlineData("bind", Errno.ENOTDIR, "unix:///dev/null/x.sock", "the directory of the path does not exist; create it first")]
    [InlineData("connect", Errno.ECONNREFUSED, "tcp://127.0.0.1:80", "nobody listens there; start the server, or check the address")]
    [InlineData("connect", Errno.EACCES, "unix:///run/x.sock", "no permission to write to the path; check its mode and its directories'")]
    [InlineData(
        "connect", Errno.EACCES, "udp://255.255.255.255:9",
        "a packet filter forbids it, or it is a broadcast address, which needs broadcast=on")]
    [InlineData("connect", Errno.ENETUNREACH, "tcp://192.0.2.1:80", "no route to this address; 'ip route' shows the routes")]
    [InlineData("socket", Errno.EAFNOSUPPORT, null, "this kernel does not have the address family; IPv6 may be switched off")]
    [InlineData("socket", Errno.EMFILE, null, "this process has no descriptor left; raise 'ulimit -n' or close some")]
    [InlineData("recv", Errno.ECONNRESET, null, "the peer reset the connection")]
    public void Message_SaysWhatFailedWhyAndWhatToTry(string operation, Errno errno, string? address, string advice)
    {
        var exception = new SocketCallException(operation, errno, address);

        string what = address is null ? operation : $"{operation} {address}";
        Assert.Equal($"{what}: {errno}; {advice}", exception.Message);
        Assert.Equal((operation, errno, address), (exception.Operation, exception.Errno, exception.Address));
        Assert.IsAssignableFrom<SocketException>(exception);
    }

    [Fact]
    public void Message_IsOneLineWithTheErrnosName() => Assert.All(
        from operation in s_operations from errno in Enum.GetValues<Errno>() from address in s_addresses select (operation, errno, address),
        call =>
        {
            string message = new SocketCallException(call.operation, call.errno, call.address).Message;

            Assert.StartsWith(call.operation, message, StringComparison.Ordinal);
            Assert.Contains($": {call.errno}; ", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
            Assert.False(message.EndsWith('.') || message.EndsWith(' '), message);
        });

    /// <summary>What users meet has advice of its own.</summary>
    [Theory]
    [InlineData("bind", new[] { Errno.EACCES, Errno.EADDRINUSE, Errno.EADDRNOTAVAIL, Errno.EINVAL, Errno.EAFNOSUPPORT })]
    [InlineData("listen", new[] { Errno.EADDRINUSE, Errno.EOPNOTSUPP })]
    [InlineData(
        "connect",
        new[] { Errno.ECONNREFUSED, Errno.ETIMEDOUT, Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EACCES, Errno.EISCONN })]
    [InlineData("socket", new[] { Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM, Errno.EAFNOSUPPORT, Errno.EACCES })]
    [InlineData("recv", new[] { Errno.ECONNRESET, Errno.ETIMEDOUT, Errno.ENOTCONN, Errno.EBADF })]
    [InlineData("send", new[] { Errno.EPIPE, Errno.ECONNRESET, Errno.EMSGSIZE, Errno.ENOBUFS })]
    public void Message_OfACommonFailure_DoesNotSendThemToTheManual(string operation, Errno[] errnos) => Assert.All(
        errnos.Select(errno => new SocketCallException(operation, errno, "tcp://:1").Message),
        message => Assert.DoesNotContain(LastResort, message, StringComparison.Ordinal));
}
