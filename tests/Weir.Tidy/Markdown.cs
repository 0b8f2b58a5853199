using System.Text.RegularExpressions;

namespace Weir.Tidy;

/// <summary>As much of Markdown as links and their anchors need; anchors are formed as GitHub does.</summary>
internal static partial class Markdown
{
    public static IEnumerable<(int Line, string Target)> Links(string[] lines) =>
        Prose(lines).SelectMany(line => Link().Matches(CodeSpan().Replace(line.Text, "")).Select(match => (line.Number, match.Value)));

    /// <summary>The anchors of the headings: lower case, punctuation dropped, spaces to hyphens, repetitions numbered.</summary>
    public static IEnumerable<string> Anchors(string[] lines)
    {
        var seen = new Dictionary<string, int>();
        foreach ((_, string text) in Prose(lines))
        {
            if (!Heading().IsMatch(text))
                continue;
            string anchor = NotInAnchor().Replace(text.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');
            int times = seen[anchor] = seen.GetValueOrDefault(anchor) + 1;
            yield return times == 1 ? anchor : $"{anchor}-{times - 1}";
        }
    }

    private static IEnumerable<(int Number, string Text)> Prose(string[] lines)
    {
        bool code = false;
        foreach ((int index, string line) in lines.Index())
        {
            bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            code ^= fence;
            if (!code && !fence)
                yield return (index + 1, line);
        }
    }

    [GeneratedRegex(@"(?<=\]\()[^)\s]+")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_\- ]")]
    private static partial Regex NotInAnchor();
}
