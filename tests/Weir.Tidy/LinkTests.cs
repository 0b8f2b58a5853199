using Weir.Testing;
using Xunit;

namespace Weir.Tidy;

/// <summary>Links between the documents lead somewhere.</summary>
public sealed class LinkTests
{
    [Fact]
    public void RelativeLinksAndAnchors_Resolve() =>
        Rule.Holds(
            "Mend the link: the file isn't there, or no heading of it has that anchor.",
            SourceFile.Under(["", "docs", "bench", "samples"], ".md").SelectMany(Broken));

    [Fact]
    public void BrokenLinks_AreFound()
    {
        var page = new SourceFile(
            "page.md",
            [
                "# The `Close` call: why?",
                "[a](#the-close-call-why) [b](#nowhere)",
                "```",
                "[c](nothing.md)",
                "```",
                "`[d](no.md)` [e](https://x.org)",
                "[f](LICENSE) [g](no.md)",
            ]);

        Assert.Equal(["page.md:2: #nowhere", "page.md:7: no.md"], Broken(page).Select(finding => finding.ToString()));
    }

    [Fact]
    public void RepeatedHeadings_AreNumbered() => Assert.Equal(["a", "a-1"], Markdown.Anchors(["# A", "## A"]));

    private static IEnumerable<Finding> Broken(SourceFile page) =>
        Markdown.Links(page.Lines)
            .Where(link => !Resolves(page, link.Target))
            .Select(link => new Finding(page.Path, link.Line, link.Target));

    private static bool Resolves(SourceFile page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            return true;
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0 ? page.Path : Path.Combine(Path.GetDirectoryName(page.Path)!, Uri.UnescapeDataString(parts[0]));
        if (parts[0].Length > 0 && !Path.Exists(Repository.At(path)))
            return false;
        if (parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal))
            return true;
        string[] lines = parts[0].Length == 0 ? page.Lines : File.ReadAllLines(Repository.At(path));
        return Markdown.Anchors(lines).Contains(parts[1]);
    }
}
