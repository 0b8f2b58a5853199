using System.Net;
using System.Text;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

public sealed class SocketUrlParsingTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:http", SocketScheme.Tcp, "127.0.0.1", 80)]
    [InlineData("tcp4://:3110", SocketScheme.Tcp4, "", 3110)]
    [InlineData("tcp6://:3110", SocketScheme.Tcp6, "", 3110)]
    [InlineData("tcp6://[2001:db8::1]:3110", SocketScheme.Tcp6, "2001:db8::1", 3110)]
    [InlineData("udp://:3110", SocketScheme.Udp, "", 3110)]
    [InlineData("udp4://:3110", SocketScheme.Udp4, "", 3110)]
    [InlineData("udp6://:3110", SocketScheme.Udp6, "", 3110)]
    [InlineData("tcp://:0", SocketScheme.Tcp, "", 0)]
    [InlineData("tcp://localhost:65535", SocketScheme.Tcp, "localhost", 65535)]
    [InlineData("tcp://www.example.org.:80", SocketScheme.Tcp, "www.example.org.", 80)]
    [InlineData("tcp://a_b-c.1x:80", SocketScheme.Tcp, "a_b-c.1x", 80)]
    [InlineData("tcp://[::ffff:192.0.2.1]:80", SocketScheme.Tcp, "::ffff:192.0.2.1", 80)]
    [InlineData("tcp://[fe80::1%eth0]:80", SocketScheme.Tcp, "fe80::1%eth0", 80)]
    [InlineData("TCP://localhost:80", SocketScheme.Tcp, "localhost", 80)]
    [InlineData("udp://localhost:domain", SocketScheme.Udp, "localhost", 53)]
    [InlineData("tcp://localhost:00080", SocketScheme.Tcp, "localhost", 80)]
    public void Parse_IP_HasSchemeHostAndPort(string text, SocketScheme scheme, string host, int port)
    {
        SocketUrl url = SocketUrl.Parse(text);

        Assert.Equal((scheme, host, port), (url.Scheme, url.Host, url.Port));
        Assert.Equal(text, url.ToString());
    }

    [Theory]
    [InlineData("unix:///tmp/sys.sock", SocketScheme.Unix, "/tmp/sys.sock")]
    [InlineData("unixgram:///tmp/sys.sock", SocketScheme.UnixGram, "/tmp/sys.sock")]
    [InlineData("unixpacket:///tmp/sys.sock", SocketScheme.UnixPacket, "/tmp/sys.sock")]
    [InlineData("unix:///a%20b%3Fc%23d%25e", SocketScheme.Unix, "/a b?c#d%e")]
    [InlineData("unix:///caf%C3%A9/é", SocketScheme.Unix, "/café/é")]
    [InlineData("unix:///a&b=c:d@e", SocketScheme.Unix, "/a&b=c:d@e")]
    public void Parse_UnixPath_IsDecoded(string text, SocketScheme scheme, string path)
    {
        SocketUrl url = SocketUrl.Parse(text);

        Assert.Equal((scheme, path, false), (url.Scheme, url.Path, url.IsAbstract));
        Assert.Equal(text, url.ToString());
    }

    [Theory]
    [InlineData("unix://@name", "name")]
    [InlineData("unixgram://@a/b", "a/b")]
    [InlineData("unixpacket://@@", "@")]
    [InlineData("unix://@a%00b", "a\0b")]
    public void Parse_AbstractName_HasNoPath(string text, string name)
    {
        SocketUrl url = SocketUrl.Parse(text);

        Assert.True(url.IsAbstract);
        Assert.Null(url.Path);
        Assert.Equal(name, Encoding.UTF8.GetString(url.UnixNameBytes));
    }

    [Fact]
    public void Parse_LongestUnixPath_Fits()
    {
        string path = "/" + new string('x', 106);

        Assert.Equal(path, SocketUrl.Parse($"unix://{path}").Path);
        Assert.Equal(107, SocketUrl.Parse($"unix://@{path}").UnixNameBytes.Length);
    }

    [Theory]
    [InlineData("fd://0", 0)]
    [InlineData("fd://3", 3)]
    [InlineData("fd://2147483647", int.MaxValue)]
    public void Parse_Fd_HasDescriptor(string text, int descriptor) => Assert.Equal(descriptor, SocketUrl.Parse(text).Descriptor);

    [Fact]
    public void Parse_NumericScope_IsInTheAddress()
    {
        SocketUrl url = SocketUrl.Parse("tcp://[fe80::1%7]:80");

        Assert.Equal(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 7), url.Address);
        Assert.Null(url.ScopeName);
    }

    [Fact]
    public void Parse_NamedScope_WaitsForTheResolver() => Assert.Equal("eth0", SocketUrl.Parse("tcp://[fe80::1%eth0]:80").ScopeName);

    [Fact]
    public void Parse_Query_GivesTypedOptions()
    {
        SocketUrl url = SocketUrl.Parse("tcp://:3110?reuseport=on&backlog=512&rcvbuf=64k");

        Assert.Equal("reuseport=on backlog=512 rcvbuf=64k", string.Join(' ', url.Options));
        Assert.True(url.TryGetOption(SocketOptions.ReusePort, out bool reusePort) && reusePort);
        Assert.True(url.TryGetOption(SocketOptions.ReceiveBufferBytes, out int bytes));
        Assert.Equal(65_536, bytes);
        Assert.False(url.TryGetOption(SocketOptions.NoDelay, out _));
    }

    [Fact]
    public void Parse_QueryValue_IsDecoded() => Assert.Equal("mode=0660", SocketUrl.Parse("unix:///x?mode=%30660").Options[0].ToString());

    [Theory]
    [InlineData("tcp://127.0.0.1:http", "tcp://127.0.0.1:80")]
    [InlineData("tcp://LocalHost:80", "TCP://localhost:80")]
    [InlineData("tcp://[::1]:80", "tcp://[0:0:0:0:0:0:0:1]:80")]
    [InlineData("unix:///a%62c", "unix:///abc")]
    [InlineData("tcp://:80?nodelay=on", "tcp://:80?nodelay=1")]
    public void Equals_SameMeaning_IsTrue(string left, string right)
    {
        Assert.Equal(SocketUrl.Parse(left), SocketUrl.Parse(right));
        Assert.Equal(SocketUrl.Parse(left).GetHashCode(), SocketUrl.Parse(right).GetHashCode());
    }

    [Theory]
    [InlineData("tcp://:80", "tcp4://:80")]
    [InlineData("tcp://:80", "tcp://0.0.0.0:80")]
    [InlineData("tcp://[fe80::1%eth0]:80", "tcp://[fe80::1%eth1]:80")]
    [InlineData("tcp://[fe80::1%1]:80", "tcp://[fe80::1%2]:80")]
    [InlineData("unix:///name", "unix://@/name")]
    [InlineData("tcp://:80?nodelay=on", "tcp://:80?nodelay=off")]
    [InlineData("fd://3", "fd://4")]
    public void Equals_OtherMeaning_IsFalse(string left, string right) => Assert.NotEqual(SocketUrl.Parse(left), SocketUrl.Parse(right));

    [Fact]
    public void TryParse_ThroughTheInterfaces_Works()
    {
        Assert.Equal(80, Parsed<SocketUrl>("tcp://:80")?.Port);
        Assert.Null(Parsed<SocketUrl>("tcp://:x:"));
    }

    private static T? Parsed<T>(string text)
        where T : ISpanParsable<T> => T.TryParse(text.AsSpan(), null, out T? value) ? value : default;
}
