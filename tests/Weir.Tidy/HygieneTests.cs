using Xunit;

namespace Weir.Tidy;

/// <summary>What an editor that reads .editorconfig does by itself.</summary>
public sealed class HygieneTests
{
    [Fact]
    public void Text_HasNoTabsTrailingSpacesOrCarriageReturns() =>
        Rule.Holds(
            "Indent with spaces, end lines with LF and nothing before it (.editorconfig).",
            Texts().SelectMany(file => file.Where(IsUntidy)));

    [Fact]
    public void Text_EndsWithALineBreak() =>
        Rule.Holds(
            "End the file with one line break (.editorconfig).",
            Texts().Where(file => file.Lines is not [.., not "", ""]).Select(file => new Finding(file.Path, file.Lines.Length, "the end")));

    [Fact]
    public void Scripts_AreExecutable()
    {
        SourceFile[] scripts = [.. Scripts.All()];

        Assert.Superset(new HashSet<string> { "weir", "test", ".ci/run" }, scripts.Select(script => script.Path).ToHashSet());
        Rule.Holds(
            "chmod +x and commit the mode.",
            scripts.Where(script => !Scripts.IsExecutable(script)).Select(script => new Finding(script.Path, 1, "not executable")));
    }

    [Theory]
    [InlineData("\tint x;", true)]
    [InlineData("int x; ", true)]
    [InlineData("int x;\r", true)]
    [InlineData("    int x;", false)]
    public void UntidyLines_AreFound(string line, bool untidy) => Assert.Equal(untidy, IsUntidy(line));

    private static IEnumerable<SourceFile> Texts() =>
    [
        .. SourceFile.Under(["", "src", "tests", "bench", "samples", "docs", ".ci"], ".cs", ".md", ".sh", ".csproj", ".props", ".slnx"),
        .. Scripts.All(),
    ];

    private static bool IsUntidy(string line) => line.Contains('\t') || line.EndsWith(' ') || line.EndsWith('\r');
}
