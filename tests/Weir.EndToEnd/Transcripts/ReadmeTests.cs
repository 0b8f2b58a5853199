using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Transcripts;

/// <summary>What the documents show is what the commands print.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [MemberData(nameof(Documents))]
    public async Task EveryTranscript_IsWhatTheCommandsPrint(string document)
    {
        foreach (Transcript transcript in Transcript.In(document, await File.ReadAllLinesAsync(Repository.At(document))))
            await TranscriptRun.CheckAsync(transcript);
    }

    public static TheoryData<string> Documents() =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];
}
