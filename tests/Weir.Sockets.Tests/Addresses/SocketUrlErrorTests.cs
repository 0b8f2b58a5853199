using Xunit;

namespace Weir.Sockets.Tests.Addresses;

/// <summary>Each wrong text, where the caret stands below it, and what is said.</summary>
public sealed class SocketUrlErrorTests
{
    private const string Path108 =
        "/123456789012345678901234567890123456789012345678901234567890123456789" +
        "01234567890123456789012345678901234567";

    [Theory]
    [InlineData("", 0, "there is no text", "tcp://127.0.0.1:80")]
    [InlineData("tcp", 3, "no :// after tcp", "tcp://localhost:80")]
    [InlineData("tcp:/x", 3, "no :// after tcp", "tcp://localhost:80")]
    [InlineData("localhost:80", 0, "there is no scheme", "such as tcp://localhost:80")]
    [InlineData("/run/x.sock", 0, "there is no scheme", "unix:// before a path")]
    [InlineData("@name", 0, "there is no scheme", "unix:// before a path or an abstract name")]
    [InlineData("://:80", 0, "the scheme is empty", "tcp, tcp4, tcp6")]
    [InlineData("http://:80", 0, "unknown scheme 'http'", "tcp, tcp4, tcp6")]
    [InlineData("tcp5://:80", 0, "unknown scheme 'tcp5'", "did you mean tcp?")]
    [InlineData("unixpakcet:///x", 0, "unknown scheme 'unixpakcet'", "did you mean unixpacket?")]
    public void Parse_WrongScheme_PointsAtTheScheme(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Theory]
    [InlineData("tcp://127.0.0.999:80", 14, "'127.0.0.999' is not an IPv4 address", "0 to 255")]
    [InlineData("tcp://127.0.1:80", 13, "'127.0.1' is not an IPv4 address", "127.0.0.1")]
    [InlineData("tcp://127.0.0.1.5:80", 16, "is not an IPv4 address", "127.0.0.1")]
    [InlineData("tcp://010.0.0.1:80", 6, "'010.0.0.1' is not an IPv4 address", "127.0.0.1")]
    [InlineData("tcp://0x7f:80", 6, "'0x7f' is not an IPv4 address", "127.0.0.1")]
    [InlineData("tcp://127.0.0.1.:80", 16, "is not an IPv4 address", "127.0.0.1")]
    [InlineData("tcp6://127.0.0.1:80", 7, "tcp6 takes no IPv4 address", "tcp4:// or tcp://")]
    [InlineData("udp6://127.0.0.1:80", 7, "udp6 takes no IPv4 address", "udp4:// or udp://")]
    [InlineData("tcp4://[::1]:80", 7, "tcp4 takes no IPv6 address", "tcp6:// or tcp://")]
    [InlineData("tcp://::1:80", 6, "an IPv6 address needs brackets", "[::1]:80")]
    [InlineData("tcp://2001:db8::1", 6, "an IPv6 address needs brackets", "[2001:db8::1]:port")]
    [InlineData("tcp://a:1:2", 9, "there is more than one ':'", "host:port")]
    [InlineData("tcp://[::1:80", 13, "the bracket is not closed", "']'")]
    [InlineData("tcp://[::g]:80", 9, "'::g' is not an IPv6 address", "[::1]")]
    [InlineData("tcp://[127.0.0.1]:80", 7, "'127.0.0.1' is not an IPv6 address", "[::1]")]
    [InlineData("tcp://[]:80", 7, "'' is not an IPv6 address", "[::1]")]
    [InlineData("tcp://[fe80::1%]:80", 15, "the scope id is empty", "%eth0")]
    [InlineData("tcp://[fe80::1%0]:80", 15, "scope id 0 is out of range", "1 to 4294967295")]
    [InlineData("tcp://[fe80::1%4294967296]:80", 15, "is out of range", "1 to 4294967295")]
    [InlineData("tcp://[fe80::1%eth 0]:80", 18, "U+0020 cannot be in the name of an interface", "eth0")]
    [InlineData("tcp://[fe80::1%abcdefghijklmnop]:80", 15, "has 16 characters", "at most 15")]
    [InlineData("tcp://*:80", 6, "'*' is not a host", "tcp://:80")]
    [InlineData("tcp://a b:80", 7, "U+0020 cannot be in the name of a host", "letters")]
    [InlineData("tcp://a\nb:80", 7, "U+000A cannot be in the name of a host", "letters")]
    [InlineData("tcp://bücher.example:80", 7, "'ü' cannot be in the name of a host", "xn--")]
    [InlineData("tcp://me@host:80", 8, "'@' cannot be in the name of a host", "no user")]
    [InlineData("tcp://a..b:80", 8, "a part of the name is empty", "www.example.org")]
    public void Parse_WrongHost_PointsAtTheHost(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Theory]
    [InlineData("tcp://127.0.0.1:99999", 16, "port 99999 is out of range", "0 to 65535")]
    [InlineData("tcp://:65536", 7, "port 65536 is out of range", "0 to 65535")]
    [InlineData("tcp://:-1", 7, "port -1 is out of range", "0 to 65535")]
    [InlineData("tcp://:99999999999999999999", 7, "port 99999999999999999999 is out of range", "0 to 65535")]
    [InlineData("tcp://localhost", 15, "there is no port", "':' and a port")]
    [InlineData("tcp://localhost/x", 15, "there is no port", "':' and a port")]
    [InlineData("tcp://", 6, "there is no port", "tcp://localhost:80")]
    [InlineData("tcp://[::1]", 11, "there is no port", "':' and a port")]
    [InlineData("tcp://[::1]80", 11, "there is no port", "':' and a port")]
    [InlineData("tcp://localhost:", 16, "the port is empty", "a service such as http")]
    [InlineData("tcp://localhost:htpt", 16, "unknown service 'htpt'", "did you mean")]
    [InlineData("tcp://localhost:no-such-service", 16, "unknown service 'no-such-service'", "/etc/services")]
    [InlineData("tcp://localhost:tftp", 16, "'tftp' is a udp service", "a tcp service")]
    [InlineData("tcp://localhost:80/", 18, "tcp has no path", "?option=value")]
    [InlineData("tcp://localhost:80#x", 18, "'#' begins no fragment", "%23")]
    public void Parse_PortOutOfRangeOrUnknown_PointsAtThePort(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Theory]
    [InlineData("unix://", 7, "there is no path", "unix:///run/name.sock")]
    [InlineData("unix://?mode=0660", 7, "there is no path", "unix:///run/name.sock")]
    [InlineData("unix://tmp/x", 7, "path 'tmp/x' is relative", "write unix:///")]
    [InlineData("unixgram://./x?mode=0660", 11, "path './x' is relative", "write unixgram:///")]
    [InlineData("unix://@", 8, "the abstract name is empty", "unix://@name")]
    [InlineData("unix:///a%2", 9, "'%' begins no escape", "%25")]
    [InlineData("unix:///a%zz", 9, "'%' begins no escape", "%25")]
    [InlineData("unix:///a%00b", 9, "a NUL would end it", "other byte")]
    [InlineData("unix:///a b", 9, "U+0020 does not show as itself", "write %20")]
    [InlineData("unix:///a\u202Eb", 9, "U+202E does not show as itself", "write %E2%80%AE")]
    [InlineData("unix:///a#b", 9, "'#' begins no fragment", "%23")]
    [InlineData("unix://" + Path108, 114, "longer than 107 bytes", "at most 107")]
    [InlineData("unix://@" + Path108, 115, "longer than 107 bytes", "at most 107")]
    public void Parse_WrongUnixName_PointsAtTheCharacter(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Fact]
    public void Parse_HalfASurrogatePair_PointsAtIt() => AssertFails("unix:///a\uD800b", 9, "half a surrogate pair", "Unicode");

    [Fact]
    public void Parse_PathOfTwoByteCharacters_CountsBytes() =>
        AssertFails("unix:///" + new string('é', 54), 8 + 53, "longer than 107 bytes", "every byte of UTF-8 counts");

    [Theory]
    [InlineData("fd://", 5, "'' is not a number", "fd://3")]
    [InlineData("fd://3x", 6, "'3x' is not a number", "fd://3")]
    [InlineData("fd://-1", 5, "'-1' is not a number", "fd://3")]
    [InlineData("fd://2147483648", 5, "descriptor 2147483648 is out of range", "0 to 2147483647")]
    public void Parse_WrongDescriptor_PointsAtIt(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Theory]
    [InlineData("tcp://:80?", 10, "the option has no name", "reuseport=on")]
    [InlineData("tcp://:80?nodelay=on&", 21, "the option has no name", "reuseport=on")]
    [InlineData("tcp://:80?=on", 10, "the option has no name", "reuseport=on")]
    [InlineData("tcp://:80?reuseprot=on", 10, "unknown option 'reuseprot'", "did you mean reuseport?")]
    [InlineData("tcp://:80?nodelay=on&colour=red", 21, "unknown option 'colour'", "expected one of backlog, reuseaddr, ")]
    [InlineData("tcp://:80?NoDelay=on", 10, "unknown option 'NoDelay'", "did you mean nodelay?")]
    [InlineData("tcp://:80?nodelay", 17, "nodelay has no value", "'=' and on or off")]
    [InlineData("tcp://:80?nodelay=yes", 18, "'yes' is no value of nodelay", "expected on or off")]
    [InlineData("tcp://:80?nodelay=", 18, "'' is no value of nodelay", "expected on or off")]
    [InlineData("tcp://:80?backlog=0", 18, "'0' is no value of backlog", "from 1 to 2147483647")]
    [InlineData("tcp://:80?rcvbuf=64q", 17, "'64q' is no value of rcvbuf", "64k or 4M")]
    [InlineData("tcp://:80?rcvbuf=4G", 17, "'4G' is no value of rcvbuf", "2147483647")]
    [InlineData("tcp://:80?keepidle=0", 19, "'0' is no value of keepidle", "seconds from 1 to 32767")]
    [InlineData("unix:///x?mode=0888", 15, "'0888' is no value of mode", "0660")]
    [InlineData("unix:///x?mode=1777", 15, "'1777' is no value of mode", "0777")]
    [InlineData("tcp://:80?linger=-1", 17, "'-1' is no value of linger", "off or seconds")]
    [InlineData("tcp://:80?nodelay=on&nodelay=off", 21, "nodelay is there twice", "once")]
    [InlineData("tcp://:80?mode=0660", 10, "mode does not apply to tcp", "unix, unixgram, unixpacket")]
    [InlineData("udp://:80?nodelay=on", 10, "nodelay does not apply to udp", "tcp, tcp4, tcp6")]
    [InlineData("tcp4://:80?v6only=on", 11, "v6only does not apply to tcp4", "tcp6")]
    [InlineData("unixgram:///x?backlog=5", 14, "backlog does not apply to unixgram", "unixpacket")]
    [InlineData("tcp://:80?error=0", 10, "error is read only", "can be set")]
    [InlineData("tcp://:80?nodelay=%FF", 18, "is not UTF-8", "on or off")]
    [InlineData("tcp://:80?nodelay=on#x", 20, "'#' begins no fragment", "%23")]
    [InlineData("tcp://:80?nodelay#x", 17, "nodelay has no value", "on or off")]
    public void Parse_WrongOption_PointsAtNameOrValue(string text, int position, string reason, string expected) =>
        AssertFails(text, position, reason, expected);

    [Fact]
    public void Message_SaysWhatWhyAndWhatToTry() => Assert.Equal(
        "tcp://127.0.0.1:99999: port 99999 is out of range; expected 0 to 65535",
        Error("tcp://127.0.0.1:99999").Message);

    [Fact]
    public void ToPicture_PutsTheCaretBelowTheCharacter() => Assert.Equal(
        "tcp://127.0.0.1:99999\n                ^ port 99999 is out of range; expected 0 to 65535",
        Error("tcp://127.0.0.1:99999").ToPicture());

    [Fact]
    public void ToPicture_OfALongText_ShowsThePartAroundTheCaret()
    {
        SocketUrlException error = Error($"tcp://:80?{new string('x', 5000)}=on&y=1&");
        string[] lines = error.ToPicture().Split('\n');

        Assert.Equal(2, lines.Length);
        Assert.InRange(lines[0].Length, 1, 130);
        Assert.Equal('x', lines[0][lines[1].IndexOf('^')]);
    }

    [Fact]
    public void ToPicture_FarIntoALongText_StillPointsAtTheCharacter()
    {
        SocketUrlException error = Error($"unix:///{new string('é', 50)}%zz{new string('y', 300)}");
        string[] lines = error.ToPicture().Split('\n');

        Assert.Equal('%', lines[0][lines[1].IndexOf('^')]);
    }

    [Fact]
    public void Message_OfATextWithControlCharacters_IsOneLine()
    {
        SocketUrlException error = Error("tcp://a\r\n\u001b[31mb\u2028:80");

        Assert.DoesNotContain(error.Message, character => char.IsControl(character) || character == '\u2028');
        Assert.Equal(2, error.ToPicture().Split('\n').Length);
        Assert.Equal("tcp://a\r\n\u001b[31mb\u2028:80", error.Text);
    }

    private static void AssertFails(string text, int position, string reason, string expected)
    {
        SocketUrlException error = Error(text);

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static SocketUrlException Error(string text)
    {
        Assert.False(SocketUrl.TryParse(text, out SocketUrl? url, out SocketUrlException? error), $"{url} parsed");
        SocketUrlException thrown = Assert.Throws<SocketUrlException>(() => SocketUrl.Parse(text));
        Assert.Equal(error.Message, thrown.Message);
        return error;
    }
}
