using System.Security.Cryptography;
using System.Text;

namespace Weir.Packets.Timelines.Drawing;

/// <summary>Draws what a layout has placed.</summary>
internal sealed partial class SvgLadder(SvgLayout layout)
{
    private const double NsPerMs = 1e6;
    private const int IdBytes = 6;

    private readonly SvgText _svg = new();
    private readonly double[] _lines = layout.Columns.Lifelines;

    private Timeline Timeline => layout.Timeline;

    public string Draw()
    {
        var legend = new SvgLegend(layout);
        double height = layout.Bottom + legend.Height + SvgMetrics.Margin;
        string title = Timeline.Title.Length > 0 ? Timeline.Title : "Who sent what";
        _svg.Box("page", 0, 0, layout.Columns.Total, height);
        _svg.Text("title", SvgMetrics.Margin, SvgMetrics.TitleY, EventText.Clean(title, (int)(layout.Columns.Total / 9)));
        DrawLifelines();
        foreach (CallEvent call in Shown().OfType<CallEvent>())
            DrawBar(call);
        DrawTimes();
        foreach (SegmentEvent segment in Shown().OfType<SegmentEvent>())
            DrawWay(segment);
        for (int index = 0; index < layout.Moments.Count; index++)
            DrawText(layout.Moments[index], layout.Heights[index]);
        legend.Draw(_svg);
        return Around(_svg.ToString(), height, SvgText.Escape(title), SvgText.Escape(Description()));
    }

    private string Around(string drawing, double height, string title, string description)
    {
        string id = IdOf(title + description + drawing);
        string width = SvgText.N(layout.Columns.Total);
        return new SvgText()
            .Raw($"<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" viewBox=\"0 0 {width} {SvgText.N(height)}\" width=\"{width}\" height=\"{SvgText.N(height)}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">")
            .Raw($"<title id=\"{id}-title\">{title}</title>")
            .Raw($"<desc id=\"{id}-desc\">{description}</desc>")
            .Raw(SvgStyle.SheetOf(id))
            .Raw(drawing + "</svg>")
            .ToString();
    }

    // From the drawing itself: the same one is the same file, and two in one page have names of their own.
    private static string IdOf(string text) => "ladder-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, IdBytes));

    private IEnumerable<TimelineEvent> Shown() => Timeline.Events.Take(layout.MaxEvents);

    private string Description()
    {
        int segments = Shown().OfType<SegmentEvent>().Count();
        int calls = Shown().OfType<CallEvent>().Count();
        string length = DurationText.Describe(Timeline.EndNs - Timeline.StartNs);
        return $"A ladder of {Timeline.Participants.Count} participants ({string.Join(", ", Timeline.Participants.Take(8))}), {segments} segments and {calls} calls in {length}; time runs downwards.";
    }

    private void DrawLifelines()
    {
        double top = SvgMetrics.NamesY + SvgMetrics.NamesHeight;
        for (int index = 0; index < _lines.Length; index++)
        {
            double width = layout.Columns.NameWidth(index);
            _svg.Line("life", _lines[index], top, _lines[index], layout.Bottom);
            _svg.Box("head", _lines[index] - (width / 2), SvgMetrics.NamesY, width, SvgMetrics.NamesHeight, 5);
            _svg.Text("name", _lines[index], SvgMetrics.NamesY + 19, layout.Columns.Names[index], "middle");
        }
    }

    private void DrawTimes()
    {
        _svg.Text("time", SvgMetrics.TimeRight, SvgMetrics.NamesY + 19, "ms", "end");
        _svg.Line("axis", SvgMetrics.AxisX, SvgMetrics.NamesY + SvgMetrics.NamesHeight, SvgMetrics.AxisX, layout.Bottom);
        double free = 0;
        long visibleNs = Timeline.StartNs;
        for (int index = 0; index < layout.Moments.Count; index++)
        {
            Moment moment = layout.Moments[index];
            double y = layout.Heights[index];
            if (index > 0 && layout.Scale.IsIdle(moment.TimeNs - layout.Moments[index - 1].TimeNs))
                DrawIdle((y + layout.Heights[index - 1]) / 2, moment.TimeNs - visibleNs);
            if (moment.IsSupposed)
                continue;
            visibleNs = moment.TimeNs;
            _svg.Line("axis", SvgMetrics.AxisX - 4, y, SvgMetrics.AxisX, y);
            if (y - 6 < free)
                continue;
            free = y + 6;
            _svg.Text("time", SvgMetrics.TimeRight, y + 4, Ms(moment.TimeNs), "end");
        }
    }

    /// <summary>Two strokes through every line that runs on while nothing happens.</summary>
    private void DrawIdle(double y, long stepNs)
    {
        foreach (double x in _lines.Prepend(SvgMetrics.AxisX))
        {
            _svg.Box("page", x - 6, y - 3, 12, 6);
            _svg.Line("life", x - 6, y - 1, x + 6, y - 5);
            _svg.Line("life", x - 6, y + 5, x + 6, y + 1);
        }

        _svg.Text("time", SvgMetrics.TimeRight, y + 4, DurationText.Describe(stepNs), "end");
    }

    private void DrawBar(CallEvent call)
    {
        (double begin, double end) = layout.PlaceOf(call);
        bool returns = call.EndNs is not null;
        double bottom = !returns ? layout.Bottom : Math.Max(end, begin + 7);
        double x = BarX(call.Participant, layout.Bars.ColumnOf(call));
        _svg.Open(Describe(call));
        _svg.Box("bar", x - (SvgMetrics.BarWidth / 2), begin, SvgMetrics.BarWidth, bottom - begin, 1.5);
        _svg.Close();
    }

    private double BarX(int participant, int column) => _lines[participant] + (Outward(participant) * column * SvgMetrics.BarStep);

    private static int Outward(int participant) => participant == 0 ? -1 : 1;

    private string Describe(CallEvent call)
    {
        string blocked = call.EndNs is { } end ? $" after {DurationText.Describe(end - call.TimeNs)}" : "";
        return $"{Timeline.Participants[call.Participant]}: {call.Head} {call.Outcome}{blocked}, at {Ms(call.TimeNs)} ms";
    }

    private string Ms(long timeNs) => ((timeNs - Timeline.StartNs) / NsPerMs).ToString("0.000");
}
