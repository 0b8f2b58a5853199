using Xunit;

namespace Weir.Tidy;

public sealed class LengthTests
{
    private const int MaxLines = 400;

    [Fact]
    public void Files_HaveAtMost400Lines() =>
        Rule.Holds(
            $"A file has one main type and at most {MaxLines} lines. Split it by operation: Connection.Reading.cs, Connection.Closing.cs.",
            Sources().SelectMany(TooLong));

    [Fact]
    public void ALongFile_IsFound()
    {
        Assert.Single(TooLong(new SourceFile("a.cs", [.. Enumerable.Repeat("x", MaxLines + 1), ""])));
        Assert.Empty(TooLong(new SourceFile("a.cs", [.. Enumerable.Repeat("x", MaxLines), ""])));
    }

    [Fact]
    public void Sources_AreFound() => Assert.Contains(Sources(), file => file.Path == "tests/Weir.Tidy/LengthTests.cs");

    private static IEnumerable<SourceFile> Sources() =>
    [
        .. SourceFile.Under(["src", "tests", "bench", "samples"], ".cs", ".c", ".h", ".go", ".rs", ".py", ".sh", ".js", ".css"),
        .. Scripts.All(),
    ];

    // The text after the last line break is no line.
    private static IEnumerable<Finding> TooLong(SourceFile file)
    {
        int lines = file.Lines.Length - 1;
        return lines > MaxLines ? [new Finding(file.Path, MaxLines + 1, $"{lines} lines")] : [];
    }
}
