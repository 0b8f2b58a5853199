using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Usage;

/// <summary>Help and version, as somebody reads them who has never seen the command.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    public async Task Help_NamesTheCommands(params string[] arguments)
    {
        Finished help = (await WeirProcess.Run(arguments)).Succeeded();

        Assert.Contains("weir [command] [options]", help.Output, StringComparison.Ordinal);
        Assert.Contains("serve <url>", help.Output, StringComparison.Ordinal);
        Assert.Contains("connect <url>", help.Output, StringComparison.Ordinal);
        Assert.Equal("", help.Errors);
    }

    [Fact]
    public async Task HelpOfServe_NamesValuesAndDefaults_AndNoTypesOfDotnet()
    {
        Finished help = (await WeirProcess.Run("serve", "--help")).Succeeded();

        Assert.Contains("weir serve [<url>...] [options]", help.Output, StringComparison.Ordinal);
        Assert.Contains("--handler <echo|discard|chargen|daytime>", help.Output, StringComparison.Ordinal);
        Assert.Contains("[default: echo]", help.Output, StringComparison.Ordinal);
        Assert.Contains("--drain-timeout <seconds>", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("2147483647", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsOneLine() =>
        Assert.Matches(@"^weir \d+\.\d+\.\d+\S*\n$", (await WeirProcess.Run("--version")).Succeeded().Output);
}
