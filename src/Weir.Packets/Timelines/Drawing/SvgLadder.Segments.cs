using Weir.Packets.Analysis;
using Weir.Packets.Dissection;

namespace Weir.Packets.Timelines.Drawing;

// Arrows, and all that is written.
internal sealed partial class SvgLadder
{
    private const double TipLength = 10;
    private const double CrossSize = 6;
    private const double MinStop = 0.5;
    private const double MaxStop = 0.9;
    private const SegmentFindings Trouble = SegmentFindings.ZeroWindow | SegmentFindings.ZeroWindowProbe | SegmentFindings.OutOfOrder
        | SegmentFindings.PreviousSegmentNotCaptured | SegmentFindings.AcknowledgesUnseen;

    private void DrawWay(SegmentEvent segment)
    {
        (double begin, double end) = layout.PlaceOf(segment);
        double from = _lines[segment.From];
        double to = _lines[segment.To];
        string style = segment.Fate is SegmentFate.Lost or SegmentFate.Corrupted ? " l" : segment.IsRepeated ? " r" : "";
        bool stops = segment.ReceivedNs is null && segment.Fate is SegmentFate.Lost or SegmentFate.Held;
        if (stops)
        {
            double part = StopsAt(segment, Math.Abs(to - from));
            (to, end) = (from + ((to - from) * part), begin + ((end - begin) * part));
        }

        _svg.Open(Describe(segment));
        _svg.Line($"way{style}{(segment.Fate == SegmentFate.Held ? " h" : "")}", from, begin, to, end);
        if (segment.Fate is SegmentFate.Lost or SegmentFate.Corrupted)
            _svg.Path($"way{style}", Cross(to, end));
        else if (!stops)
            _svg.Path($"tip{style}", Tip(from, begin, to, end));
        _svg.Close();
    }

    /// <summary>Half-way, or behind its label.</summary>
    private static double StopsAt(SegmentEvent segment, double distance)
    {
        (string label, string remark) = SvgLayout.LabelOf(segment);
        double labelWidth = SvgColumns.Width(label.Length + remark.Length + 2) + SvgMetrics.LabelIndent + CrossSize;
        return distance == 0 ? 0 : Math.Clamp(labelWidth / distance, MinStop, MaxStop);
    }

    private static string Cross(double x, double y) =>
        FormattableString.Invariant($"M{x - CrossSize:0.#} {y - CrossSize:0.#}L{x + CrossSize:0.#} {y + CrossSize:0.#}M{x - CrossSize:0.#} {y + CrossSize:0.#}L{x + CrossSize:0.#} {y - CrossSize:0.#}");

    private static string Tip(double x1, double y1, double x2, double y2)
    {
        double length = Math.Max(Math.Sqrt(((x2 - x1) * (x2 - x1)) + ((y2 - y1) * (y2 - y1))), 1);
        (double x, double y) = ((x2 - x1) / length * TipLength, (y2 - y1) / length * TipLength);
        return FormattableString.Invariant(
            $"M{x2:0.#} {y2:0.#}L{x2 - x - (y * 0.4):0.#} {y2 - y + (x * 0.4):0.#}L{x2 - x + (y * 0.4):0.#} {y2 - y - (x * 0.4):0.#}z");
    }

    private string Describe(SegmentEvent segment)
    {
        string arrived = segment.ReceivedNs is { } received ? $", arrived {DurationText.Describe(received - segment.TimeNs)} later" : "";
        (string _, string remark) = SvgLayout.LabelOf(segment);
        return $"{Timeline.Participants[segment.From]} to {Timeline.Participants[segment.To]}: {segment.Summary}{(remark.Length > 0 ? $" ({remark})" : "")}, sent at {Ms(segment.TimeNs)} ms{arrived}";
    }

    private void DrawText(Moment moment, double y)
    {
        switch (moment.Event)
        {
            case SegmentEvent segment when !moment.IsEnd:
                DrawLabel(segment, y);
                break;
            case SegmentEvent:
                break;
            case NoteEvent { Participant: null }:
                _svg.Text("over", (_lines[0] + _lines[^1]) / 2, y + 4, layout.TextOf(moment), "middle");
                break;
            default:
                DrawBeside(moment, EventText.Participant(moment.Event)!.Value, y);
                break;
        }
    }

    private void DrawLabel(SegmentEvent segment, double y)
    {
        int sign = segment.To >= segment.From ? 1 : -1;
        (string label, string remark) = SvgLayout.LabelOf(segment);
        bool isBad = segment.Fate is SegmentFate.Lost or SegmentFate.Corrupted || segment.Flags.HasFlag(TcpFlags.Rst);
        bool isTrouble = segment.IsRepeated || (segment.Findings & Trouble) != SegmentFindings.None;
        string remarkStyle = isBad ? "remark lost" : isTrouble ? "remark again" : "soft";
        _svg.Text(
            "over", _lines[segment.From] + (sign * SvgMetrics.LabelIndent), y - 6 + (layout.SlopeOf(segment) * sign * SvgMetrics.LabelIndent), label,
            sign > 0 ? "start" : "end", remark, remarkStyle, layout.SlopeOf(segment));
    }

    private void DrawBeside(Moment moment, int participant, double y)
    {
        int outward = Outward(participant);
        string anchor = outward < 0 ? "end" : "start";
        double bars = layout.Bars.WidthOf(participant) * SvgMetrics.BarStep;
        double x = _lines[participant] + (outward * (10 + bars));
        string text = layout.TextOf(moment);
        if (moment.Event is not StateEvent state)
        {
            _svg.Text(moment.Event is CallEvent ? "over" : "over soft", x, y + 4, text, anchor);
            return;
        }

        double width = (text.Length * (SvgMetrics.LetterWidth - 0.5)) + 14;
        _svg.Open($"{Timeline.Participants[participant]}: {(state.From is null ? "" : $"{state.From} to ")}{state.To}, at {Ms(state.TimeNs)} ms");
        _svg.Box("pill", outward < 0 ? x - width : x, y - 8, width, 16, 8);
        _svg.Text("state", x + (outward * width / 2), y + 4, text, "middle");
        _svg.Close();
    }
}
