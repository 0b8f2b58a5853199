using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

public sealed class SocketUrlBuildingTests
{
    [Fact]
    public void Factories_PrintCanonicalText()
    {
        Assert.Equal("tcp://example.org:80", SocketUrl.Tcp("example.org", 80).ToString());
        Assert.Equal("tcp4://127.0.0.1:0", SocketUrl.Tcp4("127.0.0.1", 0).ToString());
        Assert.Equal("tcp6://[::1]:80", SocketUrl.Tcp6("::1", 80).ToString());
        Assert.Equal("udp://:53", SocketUrl.Udp("", 53).ToString());
        Assert.Equal("udp4://:53", SocketUrl.Udp4("", 53).ToString());
        Assert.Equal("udp6://[fe80::1%eth0]:53", SocketUrl.Udp6("fe80::1%eth0", 53).ToString());
        Assert.Equal("unix:///run/a%20b%3F", SocketUrl.Unix("/run/a b?").ToString());
        Assert.Equal("unixgram://@name", SocketUrl.UnixGram("@name").ToString());
        Assert.Equal("unixpacket:///100%25", SocketUrl.UnixPacket("/100%").ToString());
        Assert.Equal("fd://3", SocketUrl.Fd(3).ToString());
    }

    [Theory]
    [InlineData("a:80?nodelay=on&")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("::1]:80?backlog=5")]
    [InlineData("[::1]")]
    public void Tcp_HostThatIsMoreThanAHost_IsRefused(string host) => Assert.Throws<SocketUrlException>(() => SocketUrl.Tcp(host, 80));

    [Fact]
    public void Factories_WithImpossibleValues_SayWhere()
    {
        Assert.Equal(7, Assert.Throws<SocketUrlException>(() => SocketUrl.Tcp("", 65_536)).Position);
        Assert.Contains("relative", Assert.Throws<SocketUrlException>(() => SocketUrl.Unix("x.sock")).Reason, StringComparison.Ordinal);
        Assert.Throws<SocketUrlException>(() => SocketUrl.Fd(-1));
        Assert.Throws<EncoderFallbackException>(() => SocketUrl.Unix("/\uD800"));
    }

    [Fact]
    public void FromEndPoint_TakesEveryKindOfEndPoint()
    {
        Assert.Equal("tcp://127.0.0.1:80", SocketUrl.FromEndPoint(SocketScheme.Tcp, new IPEndPoint(IPAddress.Loopback, 80)).ToString());
        Assert.Equal("udp6://[::1]:80", SocketUrl.FromEndPoint(SocketScheme.Udp6, new IPEndPoint(IPAddress.IPv6Loopback, 80)).ToString());
        Assert.Equal("tcp://localhost:80", SocketUrl.FromEndPoint(SocketScheme.Tcp, new DnsEndPoint("localhost", 80)).ToString());
        Assert.Equal("unix:///run/x", SocketUrl.FromEndPoint(SocketScheme.Unix, new UnixDomainSocketEndPoint("/run/x")).ToString());
        Assert.Equal("unix://@x", SocketUrl.FromEndPoint(SocketScheme.Unix, new UnixDomainSocketEndPoint("\0x")).ToString());
    }

    [Fact]
    public void FromEndPoint_OfAnotherFamily_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SocketUrl.FromEndPoint(SocketScheme.Tcp4, new IPEndPoint(IPAddress.IPv6Loopback, 80)));
        Assert.Throws<ArgumentException>(() => SocketUrl.FromEndPoint(SocketScheme.Unix, new DnsEndPoint("localhost", 80)));
        Assert.Throws<ArgumentException>(() => SocketUrl.FromEndPoint(SocketScheme.Fd, new UnixDomainSocketEndPoint("/run/x")));
    }

    [Fact]
    public void With_AddsAndReplacesOptions()
    {
        SocketUrl url = SocketUrl.Tcp("", 80)
            .With(SocketOptions.Backlog, 16)
            .With(SocketOptions.NoDelay, true)
            .With(SocketOptions.Backlog, 512);

        Assert.Equal("tcp://:80?backlog=512&nodelay=on", url.ToString());
        Assert.Equal(url, SocketUrl.Parse(url.ToString()));
    }

    [Fact]
    public void With_AnOptionOfAnotherScheme_IsRefused() =>
        Assert.Throws<SocketUrlException>(() => SocketUrl.Udp("", 80).With(SocketOptions.NoDelay, true));
}
