using Xunit;

namespace Weir.Tidy;

/// <summary>C# in the documents stands in a sample, which is compiled and tested.</summary>
public sealed class SnippetTests
{
    private static readonly string[] s_samples = [.. SourceFile.Under(["samples"], ".cs").Select(file => Text(file.Lines))];

    [Fact]
    public void SnippetsOfTheDocuments_StandInASample() =>
        Rule.Holds(
            "Show a piece of a program under samples/, unchanged.",
            SourceFile.Under(["", "docs", "bench"], ".md").SelectMany(page => Snippets(page).Where(snippet => !IsInASample(snippet.What))));

    [Fact]
    public void SnippetThatIsNowhere_IsFound()
    {
        var page = new SourceFile("page.md", ["text", "```csharp", "NoSuch.Call();", "```"]);

        Finding snippet = Assert.Single(Snippets(page));
        Assert.Equal(("page.md:2: NoSuch.Call();", false), (snippet.ToString(), IsInASample(snippet.What)));
    }

    private static bool IsInASample(string snippet) => s_samples.Any(sample => sample.Contains(snippet, StringComparison.Ordinal));

    private static IEnumerable<Finding> Snippets(SourceFile page)
    {
        for (int start = 0; start < page.Lines.Length; start++)
        {
            if (page.Lines[start] != "```csharp")
                continue;
            int end = Array.IndexOf(page.Lines, "```", start);
            yield return new Finding(page.Path, start + 1, Text(page.Lines[(start + 1)..end]));
        }
    }

    private static string Text(IEnumerable<string> lines) => string.Join('\n', lines).TrimEnd();
}
