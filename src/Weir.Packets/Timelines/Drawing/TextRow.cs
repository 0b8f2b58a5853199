using System.Text;

namespace Weir.Packets.Timelines.Drawing;

/// <summary>One line of a terminal, written from any side.</summary>
internal sealed class TextRow
{
    private readonly char[] _letters;
    private readonly TextStyle[] _styles;

    public TextRow(int columns)
    {
        _letters = new char[columns];
        _styles = new TextStyle[columns];
        Clear();
    }

    public void Clear()
    {
        Array.Fill(_letters, ' ');
        Array.Clear(_styles);
    }

    public void Put(int column, char letter, TextStyle style = TextStyle.Plain)
    {
        if (column < 0 || column >= _letters.Length)
            return;
        _letters[column] = letter;
        _styles[column] = style;
    }

    public void Put(int column, string text, TextStyle style = TextStyle.Plain)
    {
        for (int index = 0; index < text.Length; index++)
            Put(column + index, text[index], style);
    }

    /// <summary>Without spaces at the end.</summary>
    public string ToText(bool useColor)
    {
        int length = _letters.Length;
        while (length > 0 && _letters[length - 1] == ' ')
            length--;
        if (!useColor)
            return new string(_letters, 0, length);
        var text = new StringBuilder();
        TextStyle current = TextStyle.Plain;
        for (int column = 0; column < length; column++)
        {
            if (_styles[column] != current && _letters[column] != ' ')
                text.Append(Escape(current = _styles[column]));
            text.Append(_letters[column]);
        }

        return current == TextStyle.Plain ? text.ToString() : text.Append(Escape(TextStyle.Plain)).ToString();
    }

    // ECMA-48, SGR; the sixteen colours, which follow the terminal's theme.
    private static string Escape(TextStyle style) => style switch
    {
        TextStyle.Faint => "\e[0;2m",
        TextStyle.Repeated => "\e[0;33m",
        TextStyle.Lost => "\e[0;31m",
        TextStyle.State => "\e[0;36m",
        _ => "\e[0m",
    };
}
