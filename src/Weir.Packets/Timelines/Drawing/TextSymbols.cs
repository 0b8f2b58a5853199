namespace Weir.Packets.Timelines.Drawing;

/// <summary>The characters that a ladder is made of.</summary>
internal sealed record TextSymbols
{
    public static TextSymbols Unicode { get; } = new();

    public static TextSymbols Ascii { get; } = new()
    {
        Line = '-',
        Broken = '.',
        Right = '>',
        Left = '<',
        Cross = 'X',
        Life = '|',
        Blocked = '#',
        Idle = ':',
        State = "* ",
        Ellipsis = "~",
    };

    public char Line { get; private init; } = '─';

    /// <summary>Of a segment that waits on its way.</summary>
    public char Broken { get; private init; } = '╌';

    public char Right { get; private init; } = '▶';

    public char Left { get; private init; } = '◀';

    public char Cross { get; private init; } = '✗';

    public char Life { get; private init; } = '│';

    public char Blocked { get; private init; } = '┃';

    public char Idle { get; private init; } = '┊';

    public string State { get; private init; } = "● ";

    public string Ellipsis { get; private init; } = "…";
}
