using Xunit;

namespace Weir.Sockets.Tests.Addresses;

public sealed class ServiceNamesTests
{
    private static readonly ServiceNames s_names = new(
    [
        "# a comment", "", "http 8000/tcp www web # comment", "http 9999/tcp", "syslog\t514/udp",
        "broken", "broken x/tcp", "big 65536/tcp", "odd 1/2/3",
    ]);

    [Theory]
    [InlineData("http", "tcp", 8000)]
    [InlineData("web", "tcp", 8000)]
    [InlineData("syslog", "udp", 514)]
    [InlineData("ssh", "tcp", 22)]
    public void TryFind_KnownService_HasItsPort(string name, string protocol, int port)
    {
        Assert.True(s_names.TryFind(name, protocol, out int found));
        Assert.Equal(port, found);
    }

    [Theory]
    [InlineData("http", "udp")]
    [InlineData("syslog", "tcp")]
    [InlineData("HTTP", "tcp")]
    [InlineData("broken", "tcp")]
    [InlineData("big", "tcp")]
    [InlineData("comment", "tcp")]
    public void TryFind_UnknownServiceOrOtherProtocol_IsFalse(string name, string protocol) =>
        Assert.False(s_names.TryFind(name, protocol, out _));

    [Fact]
    public void TryFind_WithoutAFile_KnowsTheUsualNames() => Assert.True(new ServiceNames([]).TryFind("https", "tcp", out _));

    [Fact]
    public void Nearest_AUsualService_ComesBeforeOthers() =>
        Assert.Equal("http", new ServiceNames(["hkp 1/tcp", "htcp 2/tcp"]).Nearest("htp", "tcp"));

    [Theory]
    [InlineData("reuseprot", "reuseport")]
    [InlineData("NODELAY", "nodelay")]
    [InlineData("bcklog", "backlog")]
    [InlineData("ndoelay", "nodelay")]
    [InlineData("colour", null)]
    [InlineData("", null)]
    [InlineData("a-word-that-is-longer-than-any-option", null)]
    public void Nearest_FindsWhatWasMeant(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, ["nodelay", "reuseaddr", "reuseport", "backlog"]));
}
