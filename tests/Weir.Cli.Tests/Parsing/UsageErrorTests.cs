using System.CommandLine;
using Weir.Cli.Parsing;
using Xunit;

namespace Weir.Cli.Tests.Parsing;

/// <summary>Every mistake is one line with the word that it is about, and without a word of the parser's own.</summary>
public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("nothing", "unknown command 'nothing'; see 'weir --help'")]
    [InlineData("conect", "unknown command 'conect'; did you mean connect?")]
    [InlineData("@file", "unknown command '@file'; see 'weir --help'")]
    [InlineData("--nothing", "unknown option '--nothing'; see 'weir --help'")]
    [InlineData("serve --hanlder echo", "unknown option '--hanlder'; did you mean --handler?")]
    [InlineData("serve --nothing", "unknown option '--nothing'; see 'weir serve --help'")]
    [InlineData("serve --loops", "--loops: the value is missing; expected --loops <number>; see 'weir serve --help'")]
    [InlineData("serve --loops 1 --loops 2", "--loops: given 2 times, and once is enough; see 'weir serve --help'")]
    [InlineData("serve --loops 1025", "--loops 1025: expected a whole number from 0 to 1024")]
    [InlineData("serve --loops 99999999999", "--loops 99999999999: expected a whole number from 0 to 1024")]
    [InlineData("serve --loops 1.5", "--loops 1.5: expected a whole number from 0 to 1024")]
    [InlineData("serve --max-connections 0", "--max-connections 0: expected a whole number from 1 to 2147483647")]
    [InlineData("serve --handler=7", "--handler 7: expected one of echo, discard, chargen, daytime")]
    [InlineData("serve --handler httpd", "--handler httpd: expected one of echo, discard, chargen, daytime")]
    [InlineData("serve --scheduling both", "--scheduling both: expected one of threadpool, inline")]
    [InlineData("serve --idle-timeout 1e300", "--idle-timeout 1e300: expected seconds from 0 to 2592000")]
    [InlineData("serve --idle-timeout NaN", "--idle-timeout NaN: expected seconds from 0 to 2592000")]
    [InlineData("serve --drain-timeout -1", "--drain-timeout -1: expected seconds from 0 to 2592000")]
    [InlineData("serve --drain-timeout soon", "--drain-timeout soon: expected seconds from 0 to 2592000")]
    [InlineData("connect", "connect: the URL is missing; see 'weir connect --help'")]
    [InlineData("connect tcp://a:1 tcp://b:2", "connect: one word too many: 'tcp://b:2'; see 'weir connect --help'")]
    [InlineData("connect --conect-timeout 3 tcp://a:1", "unknown option '--conect-timeout'; did you mean --connect-timeout?")]
    [InlineData("connect tcp://a:70000", "tcp://a:70000: port 70000 is out of range; expected 0 to 65535")]
    public void EachMistake_IsOneLine(string words, string line)
    {
        ParseResult parsed = CommandLine.Parse(words.Split(' '));
        Assert.NotEmpty(parsed.Errors);
        Assert.Equal(line, UsageError.Describe(parsed));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("serve --json tcp://:0 unix:///x tcp6://[::1]:0?reuseport=on")]
    [InlineData("serve --handler ECHO --scheduling inline --loops 0 --drain-timeout 0.5")]
    [InlineData("connect unix://@name")]
    [InlineData("connect fd://3 --connect-timeout 2592000")]
    public void RightLines_HaveNoError(string words) => Assert.Empty(CommandLine.Parse(words.Split(' ')).Errors);
}
