using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Transcripts;

/// <summary>What the documents show is what the commands print.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [MemberData(nameof(Documents))]
    public Task EveryTranscript_IsWhatTheCommandsPrint(string document) => TranscriptRun.CheckAllAsync(document);

    // The recipes need more programs than the others, and have a test of their own.
    public static TheoryData<string> Documents() =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => path != RecipeTests.Document),
    ];
}
