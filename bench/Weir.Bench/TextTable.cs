namespace Weir.Bench;

/// <summary>Columns as wide as their widest cell; the first to the left, numbers to the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        int[] widths = [.. header.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => Pad(cell, column, widths[column]))));
    }

    private static string Pad(string cell, int column, int width) => column == 0 ? cell.PadRight(width) : cell.PadLeft(width);
}
