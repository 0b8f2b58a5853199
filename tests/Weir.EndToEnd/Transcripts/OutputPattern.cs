using System.Text;
using System.Text.RegularExpressions;

namespace Weir.EndToEnd.Transcripts;

/// <summary>
/// Compares what was printed with what a document shows. <c>…</c> stands for any text in a line, alone on a line for any lines.
/// A varying piece stands for another one of its kind, the same throughout the block: digits for digits, letters for letters.
/// </summary>
internal sealed class OutputPattern(IEnumerable<string> varying)
{
    private const string Anything = "…";

    // Longer pieces first: /tmp/weir-1 before 1.
    private readonly string[] _varying = [.. varying.OrderByDescending(piece => piece.Length)];
    private readonly Dictionary<string, string> _found = [];

    /// <summary>The text with the varying pieces as they were this time.</summary>
    public string Fill(string text) => _found.Aggregate(text, (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    /// <summary>Whether the output is what the lines say, and if so learns what varied.</summary>
    /// <param name="expected">Lines of the document.</param>
    /// <param name="output">What was printed.</param>
    /// <param name="onlyBeginning">Whether more may follow.</param>
    public bool Matches(string[] expected, string output, bool onlyBeginning = false)
    {
        List<string> groups = [];
        var pattern = new StringBuilder(@"\A");
        foreach (string line in expected)
            pattern.Append(line.Trim() == Anything ? @"(?:.*\n)*?" : Line(line, groups) + @"[ \t]*\n");
        pattern.Append(onlyBeginning ? "" : @"\z");
        Match match = Regex.Match(Normal(output), pattern.ToString());
        if (!match.Success)
            return false;
        for (int i = 0; i < groups.Count; i++)
            _found[groups[i]] = match.Groups[$"v{i}"].Value;
        return true;
    }

    private static string Normal(string output)
    {
        string text = output.Replace("\r\n", "\n", StringComparison.Ordinal);
        return text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";
    }

    private string Line(string line, List<string> groups)
    {
        var pattern = new StringBuilder();
        for (int i = 0; i < line.Length;)
        {
            string? piece = _varying.FirstOrDefault(candidate => IsAt(line, i, candidate));
            pattern.Append(piece is not null ? Variable(piece, groups) : line[i] == Anything[0] ? ".*" : line[i] == ' ' ? Spaces(line, i) : Regex.Escape(line[i].ToString()));
            i += piece?.Length ?? 1;
        }

        return pattern.ToString();
    }

    // "1" is no part of "127".
    private static bool IsAt(string line, int index, string piece) =>
        string.CompareOrdinal(line, index, piece, 0, piece.Length) == 0
        && !(char.IsAsciiDigit(piece[0]) && index > 0 && char.IsAsciiDigit(line[index - 1]))
        && !(char.IsAsciiDigit(piece[^1]) && index + piece.Length < line.Length && char.IsAsciiDigit(line[index + piece.Length]));

    // Columns move when what stands in them is longer this time.
    private string Spaces(string line, int index)
    {
        bool isColumn = _varying.Length > 0 && ((index > 0 && line[index - 1] == ' ') || (index + 1 < line.Length && line[index + 1] == ' '));
        return isColumn ? " *" : " ";
    }

    private string Variable(string piece, List<string> groups)
    {
        if (_found.TryGetValue(piece, out string? known))
            return Regex.Escape(known);
        int group = groups.IndexOf(piece);
        if (group >= 0)
            return $@"\k<v{group}>";
        groups.Add(piece);
        return $"(?<v{groups.Count - 1}>{Kind(piece)})";
    }

    private static string Kind(string piece) =>
        piece.All(char.IsAsciiDigit) ? @"\d+" : piece.All(character => char.IsAsciiDigit(character) || character is '.' or ',') ? @"[\d.,]+" : @"\S+?";
}
