using System.Globalization;
using System.Text;

namespace Weir.Sockets;

/// <summary>A text that is not a socket address: which one, at which character, why, and what would have been right.</summary>
public sealed class SocketUrlException : FormatException
{
    private const int MaxShownChars = 120;

    internal SocketUrlException(string text, int position, string reason, string expected)
        : base(OneLine(text, reason, expected))
    {
        Text = text;
        Position = position;
        Reason = Printable(reason);
        Expected = Printable(expected);
    }

    /// <summary>The text that was to be parsed, complete and unchanged.</summary>
    public string Text { get; }

    /// <summary>Index into <see cref="Text"/> of the offending character; its length when something is missing at the end.</summary>
    public int Position { get; }

    /// <summary>What is wrong: <c>port 99999 is out of range</c>.</summary>
    public string Reason { get; }

    /// <summary>What would be right, as a clause: <c>expected 0 to 65535</c> or <c>did you mean reuseport?</c></summary>
    public string Expected { get; }

    /// <summary>Two lines for a terminal: the text, and below it a caret at <see cref="Position"/> with what is wrong.</summary>
    public string ToPicture()
    {
        int start = Position <= MaxShownChars / 2 || Text.Length <= MaxShownChars ? 0 : Position - (MaxShownChars / 2);
        int length = Math.Min(Text.Length - start, MaxShownChars);
        string before = start > 0 ? "…" : "";
        string after = start + length < Text.Length ? "…" : "";
        string shown = Printable(Text.Substring(start, length));
        return $"{before}{shown}{after}\n{new string(' ', before.Length + Position - start)}^ {Reason}; {Expected}";
    }

    /// <summary>A piece of the input for use in a message, shortened when it is long.</summary>
    internal static string Quote(ReadOnlySpan<char> piece) => piece.Length <= 40 ? $"'{piece}'" : $"'{piece[..40]}…'";

    /// <summary>One character for use in a message: itself, or U+0007 when a terminal would not show it.</summary>
    internal static string Quote(char character) =>
        IsPrintable(character) && !char.IsWhiteSpace(character) ? $"'{character}'" : $"U+{(int)character:X4}";

    private static string OneLine(string text, string reason, string expected)
    {
        string shown = text.Length <= MaxShownChars ? text : $"{text.AsSpan(0, MaxShownChars)}…";
        return Printable(shown.Length == 0 ? $"empty address: {reason}; {expected}" : $"{shown}: {reason}; {expected}");
    }

    // One character becomes one character, so that the caret stays where it belongs.
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (isPair) printable.Append(text[i]).Append(text[++i]);
            else printable.Append(IsPrintable(text[i]) ? text[i] : '\uFFFD');
        }

        return printable.ToString();
    }

    private static bool IsPrintable(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or
        UnicodeCategory.Format or
        UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.Surrogate);
}
