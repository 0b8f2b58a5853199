using System.Text.RegularExpressions;

namespace Weir.EndToEnd.Transcripts;

/// <summary>One fenced block of a document whose info string is <c>console</c>: commands, and what they print.</summary>
/// <param name="Document">The document's path.</param>
/// <param name="Line">Where the block begins, for messages.</param>
/// <param name="Varying">Pieces of the text that are different each time, such as a port.</param>
/// <param name="Steps">The commands in order.</param>
internal sealed partial record Transcript(string Document, int Line, string[] Varying, TranscriptStep[] Steps)
{
    /// <summary>A program that few machines have, and that only this block needs; empty when there is none.</summary>
    public string Needs { get; private init; } = "";

    private const string Fence = "```";
    private const string Prompt = "$ ";

    /// <summary>The blocks of a document, without those that a comment excludes.</summary>
    public static IEnumerable<Transcript> In(string document, string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            int end = Array.IndexOf(lines, Fence, i + 1);
            if (end < 0)
                throw new FormatException($"{document}:{i + 1}: the block has no end");
            string comment = i > 0 ? lines[i - 1] : "";
            if (lines[i].TrimEnd() == Fence + "console" && !NotRun().IsMatch(comment))
            {
                yield return new Transcript(document, i + 1, VaryingOf(comment), [.. StepsOf(document, i + 1, lines[(i + 1)..end])])
                {
                    Needs = NeedsProgram().Match(comment).Groups["program"].Value,
                };
            }

            i = end;
        }
    }

    public override string ToString() => $"{Document}:{Line}";

    private static string[] VaryingOf(string comment) =>
        Varies().Match(comment).Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<TranscriptStep> StepsOf(string document, int first, string[] lines)
    {
        for (int i = 0; i < lines.Length;)
        {
            if (!lines[i].StartsWith(Prompt, StringComparison.Ordinal))
                throw new FormatException($"{document}:{first + i + 1}: a transcript begins with '$ command'");
            int line = first + i + 1;
            string command = lines[i++][Prompt.Length..];
            while (command.EndsWith('\\') && i < lines.Length)
                command = command[..^1] + lines[i++].TrimStart();
            string[] output = [.. lines[i..].TakeWhile(text => !text.StartsWith(Prompt, StringComparison.Ordinal))];
            i += output.Length;
            yield return TranscriptStep.Of(line, command, output);
        }
    }

    [GeneratedRegex("^<!-- transcript is not run: .+ -->$")]
    private static partial Regex NotRun();

    [GeneratedRegex("^<!-- transcript needs: (?<program>.+) -->$")]
    private static partial Regex NeedsProgram();

    [GeneratedRegex("^<!-- transcript varies: (?<words>.+) -->$")]
    private static partial Regex Varies();
}

/// <summary>One command and what it prints.</summary>
/// <param name="Line">Where it stands, for messages.</param>
/// <param name="Command">As one types it, without a final ampersand.</param>
/// <param name="IsBackground">Whether it goes on while the next commands run, until the end of the block.</param>
/// <param name="Before">The lines it prints; of a command that is interrupted, those before Ctrl-C.</param>
/// <param name="AfterInterrupt">The lines it prints after Ctrl-C; null when nobody presses it.</param>
internal sealed partial record TranscriptStep(int Line, string Command, bool IsBackground, string[] Before, string[]? AfterInterrupt)
{
    private const string Interrupt = "^C";

    /// <summary>Whether the command brings one from the background back, <c>fg</c> the last, <c>fg %1</c> the first.</summary>
    public bool IsForeground => Foreground().IsMatch(Command);

    /// <summary>Which one it brings back, counted from 1; 0 is the last.</summary>
    public int JobNumber => int.TryParse(Foreground().Match(Command).Groups["number"].Value, out int number) ? number : 0;

    public static TranscriptStep Of(int line, string command, string[] output)
    {
        bool isBackground = command.EndsWith('&');
        int interrupt = Array.IndexOf(output, Interrupt);
        return new TranscriptStep(
            line,
            isBackground ? command.TrimEnd('&', ' ') : command,
            isBackground,
            interrupt < 0 ? output : output[..interrupt],
            interrupt < 0 ? null : output[(interrupt + 1)..]);
    }

    [GeneratedRegex(@"^fg( %(?<number>\d+))?$")]
    private static partial Regex Foreground();
}
