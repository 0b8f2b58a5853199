using System.Net;
using Weir.Cli.Serving;
using Weir.Sockets;
using Xunit;

namespace Weir.Cli.Tests.Serving;

public sealed class TryCommandTests
{
    [Theory]
    [InlineData("127.0.0.1:3110", "socat - TCP4:127.0.0.1:3110")]
    [InlineData("0.0.0.0:80", "socat - TCP4:127.0.0.1:80")]
    [InlineData("[::1]:3110", "socat - TCP6:[::1]:3110")]
    [InlineData("[::]:3110", "socat - TCP6:[::1]:3110")]
    [InlineData("[2001:db8::1]:3110", "socat - TCP6:[2001:db8::1]:3110")]
    [InlineData("[fe80::1%2]:3110", "socat - TCP6:[fe80::1%2]:3110")]
    public void Tcp_IsReachedAtAnAddressOfThisMachine(string listening, string command) =>
        Assert.Equal(command, TryCommand.For(KernelAddress.FromIPEndPoint(IPEndPoint.Parse(listening)), SocketScheme.Tcp));

    [Theory]
    [InlineData("/run/weir.sock", "socat - UNIX-CONNECT:/run/weir.sock")]
    [InlineData("/tmp/with space", "socat - 'UNIX-CONNECT:/tmp/with space'")]
    [InlineData("/tmp/a,b:c", @"socat - 'UNIX-CONNECT:/tmp/a\,b\:c'")]
    [InlineData("/tmp/it's", @"socat - 'UNIX-CONNECT:/tmp/it\'\''s'")]
    [InlineData("/tmp/$HOME;ls", "socat - 'UNIX-CONNECT:/tmp/$HOME;ls'")]
    public void UnixPaths_AreQuotedForSocatAndTheShell(string path, string command) =>
        Assert.Equal(command, TryCommand.For(KernelAddress.FromUnixPath(path), SocketScheme.Unix));

    [Fact]
    public void AbstractNames_HaveAWordOfTheirOwn() =>
        Assert.Equal("socat - ABSTRACT-CONNECT:weir", TryCommand.For(KernelAddress.FromAbstractName("weir"), SocketScheme.Unix));

    [Fact]
    public void Datagrams_AndPackets_NameTheirKindOfSocket()
    {
        Assert.Equal("socat - UDP4:127.0.0.1:53", TryCommand.For(KernelAddress.FromIPEndPoint(IPEndPoint.Parse("0.0.0.0:53")), SocketScheme.Udp));
        Assert.Equal("socat - UNIX-SENDTO:/run/g,bind=/tmp/try.sock", TryCommand.For(KernelAddress.FromUnixPath("/run/g"), SocketScheme.UnixGram));
        Assert.Equal("socat - UNIX-CONNECT:/run/p,socktype=5", TryCommand.For(KernelAddress.FromUnixPath("/run/p"), SocketScheme.UnixPacket));
    }
}
