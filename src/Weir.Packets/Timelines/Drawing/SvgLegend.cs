namespace Weir.Packets.Timelines.Drawing;

/// <summary>What the marks mean that a ladder uses, and what it leaves out.</summary>
internal sealed class SvgLegend
{
    private const double RowHeight = 22;
    private const double SampleWidth = 40;
    private readonly SvgLayout _layout;
    private readonly List<(string Kind, string Text)> _items = [];
    private readonly string _leftOut;

    public SvgLegend(SvgLayout layout)
    {
        _layout = layout;
        TimelineEvent[] shown = [.. layout.Timeline.Events.Take(layout.MaxEvents)];
        SegmentEvent[] segments = [.. shown.OfType<SegmentEvent>()];
        bool hasDelays = segments.Any(segment => segment.ReceivedNs is not null);
        Add(segments.Length > 0, "way", hasDelays ? "segment; its fall is the time it took" : "segment, when it was captured");
        Add(segments.Any(segment => segment.IsRepeated), "again", "sent again");
        Add(segments.Any(segment => segment.Fate == SegmentFate.Lost), "lost", "lost");
        Add(segments.Any(segment => segment.Fate == SegmentFate.Held), "held", "held back");
        Add(segments.Any(segment => segment.Fate == SegmentFate.Corrupted), "lost", "corrupted");
        Add(shown.OfType<CallEvent>().Any(), "bar", "call, as long as it blocked");
        Add(shown.OfType<StateEvent>().Any(), "state", "state of the socket");
        Add(HasIdle(), "idle", "time left out");
        long hidden = layout.Timeline.LeftOut + Math.Max(layout.Timeline.Events.Count - layout.MaxEvents, 0);
        _leftOut = hidden > 0 ? $"{hidden:N0} later events are not drawn" : "";
    }

    public double Height => (Rows() * RowHeight) + 16 + (_leftOut.Length > 0 ? RowHeight : 0);

    public void Draw(SvgText svg)
    {
        double y = _layout.Bottom + 28;
        double x = SvgMetrics.Margin;
        if (_leftOut.Length > 0)
        {
            svg.Text("remark", x, y, _leftOut);
            y += RowHeight;
        }

        foreach ((string kind, string text) in _items)
        {
            double width = Width(text);
            if (x > SvgMetrics.Margin && x + width > _layout.Columns.Total)
                (x, y) = (SvgMetrics.Margin, y + RowHeight);
            DrawSample(svg, kind, x, y - 4);
            svg.Text("soft", x + SampleWidth, y, text);
            x += width;
        }
    }

    private static double Width(string text) => SampleWidth + SvgColumns.Width(text.Length) + 26;

    private static void DrawSample(SvgText svg, string kind, double x, double y)
    {
        double middle = x + 15;
        switch (kind)
        {
            case "bar": svg.Box("bar", middle - 4.5, y - 8, 9, 16, 1.5); break;
            case "state": svg.Box("pill", x, y - 7, 30, 14, 7); break;
            case "idle":
                svg.Line("life", middle - 6, y, middle + 6, y - 4);
                svg.Line("life", middle - 6, y + 5, middle + 6, y + 1);
                break;
            case "lost":
                svg.Line("way l", x, y, x + 26, y);
                svg.Path("way l", $"M{SvgText.N(x + 21)} {SvgText.N(y - 5)}l10 10m-10 0l10 -10");
                break;
            default:
                string style = kind == "again" ? " r" : "";
                svg.Line($"way{style}{(kind == "held" ? " h" : "")}", x, y, x + 26, y);
                svg.Path($"tip{style}", $"M{SvgText.N(x + 32)} {SvgText.N(y)}l-10 -4v8z");
                break;
        }
    }

    private void Add(bool isUsed, string kind, string text)
    {
        if (isUsed)
            _items.Add((kind, text));
    }

    private bool HasIdle() => _layout.Moments.Zip(_layout.Moments.Skip(1)).Any(pair => _layout.Scale.IsIdle(pair.Second.TimeNs - pair.First.TimeNs));

    private int Rows()
    {
        int rows = 1;
        double x = SvgMetrics.Margin;
        foreach ((_, string text) in _items)
        {
            if (x > SvgMetrics.Margin && x + Width(text) > _layout.Columns.Total)
                (x, rows) = (SvgMetrics.Margin, rows + 1);
            x += Width(text);
        }

        return rows;
    }
}
