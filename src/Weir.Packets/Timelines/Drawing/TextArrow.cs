using System.Text;

namespace Weir.Packets.Timelines.Drawing;

/// <summary>A segment between two lifelines of a terminal's ladder.</summary>
internal sealed class TextArrow(TextRow row, TextSymbols symbols, int from, int to)
{
    // Line, space, text, space, line and head.
    private const int Trimmings = 6;

    /// <summary>Draws it. What there was no room for comes back and is to be written below.</summary>
    public string? Draw(SegmentEvent segment, ArrowPhase phase)
    {
        int room = Math.Abs(to - from) - 1 - Trimmings;
        string label = Label(segment, phase);
        string remark = phase == ArrowPhase.Arrival ? "" : EventText.Remark(segment);
        string delay = Delay(segment, phase);
        bool fits = label.Length + (remark.Length > 0 ? remark.Length + 2 : 0) <= room;
        string text = fits && remark.Length > 0 ? $"{label}  {remark}" : label;
        text = Clean(text, room);
        DrawLine(segment, phase, text);
        if (text.Length + delay.Length + 2 <= room && delay.Length > 0)
            Put(Math.Abs(to - from) - 3 - delay.Length, $" {delay} ", TextStyle.Faint);
        return fits || remark.Length == 0 ? null : Clean(remark, int.MaxValue);
    }

    public static TextStyle Style(SegmentEvent segment) =>
        segment.Fate is SegmentFate.Lost or SegmentFate.Corrupted ? TextStyle.Lost
        : segment.IsRepeated || segment.Fate == SegmentFate.Duplicated ? TextStyle.Repeated : TextStyle.Plain;

    public static string ToAscii(string text, TextSymbols symbols)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char letter in text)
            plain.Append(letter switch { < (char)0x7F => letter.ToString(), '…' => symbols.Ellipsis, 'µ' => "u", _ => "?" });
        return plain.ToString();
    }

    private static string Label(SegmentEvent segment, ArrowPhase phase) =>
        phase == ArrowPhase.Arrival ? $"{segment.Summary}, sent {DurationText.Describe(segment.EndTimeNs - segment.TimeNs)} ago" : segment.Summary;

    private static string Delay(SegmentEvent segment, ArrowPhase phase) =>
        phase == ArrowPhase.Whole && segment.ReceivedNs is { } received && received > segment.TimeNs
            ? $"+{DurationText.Describe(received - segment.TimeNs)}"
            : "";

    private void DrawLine(SegmentEvent segment, ArrowPhase phase, string text)
    {
        TextStyle style = Style(segment);
        int length = Math.Abs(to - from);
        bool stops = phase == ArrowPhase.Departure || segment.Fate == SegmentFate.Lost || (segment.Fate == SegmentFate.Held && segment.ReceivedNs is null);
        int end = stops ? Math.Min(Math.Max(length / 2, text.Length + 5), length - 2) : length - 1;
        char line = phase == ArrowPhase.Arrival ? symbols.Broken : symbols.Line;
        for (int at = 1; at <= end; at++)
            row.Put(At(at), line, style);
        Put(2, $" {text} ", style);
        char head = to > from ? symbols.Right : symbols.Left;
        if (segment.Fate is SegmentFate.Lost or SegmentFate.Corrupted)
            row.Put(At(end), symbols.Cross, style);
        else if (!stops)
            row.Put(At(end), head, style);
        else
            row.Put(At(end), symbols.Broken, style);
    }

    /// <summary>Text that begins so many columns away from the sender, or ends there.</summary>
    private void Put(int distance, string text, TextStyle style) =>
        row.Put(to > from ? from + distance : from - distance - text.Length + 1, text, style);

    private int At(int distance) => to > from ? from + distance : from - distance;

    private string Clean(string text, int room)
    {
        string clean = EventText.Clean(text, room);
        return ReferenceEquals(symbols, TextSymbols.Ascii) ? ToAscii(clean, symbols) : clean;
    }
}

/// <summary>Which part of a segment's way a row shows.</summary>
internal enum ArrowPhase
{
    Whole,

    /// <summary>It leaves, and arrives in a later row.</summary>
    Departure,

    Arrival,
}
