namespace Weir.Packets.Timelines.Drawing;

/// <summary>The lines on which text stands between lifelines, some of them sloping, and whether two of them meet.</summary>
internal static class SvgStrips
{
    // No label reaches further down than this.
    private const double MaxReach = 400;

    /// <summary>Asks for more room before the later one of each two that meet. False when none do.</summary>
    public static bool Separate(SvgLayout layout, double[] extra)
    {
        Strip[] strips = [.. Find(layout)];
        bool found = false;
        for (int index = 0; index < strips.Length; index++)
        {
            for (int later = index + 1; later < strips.Length && strips[later].Top < strips[index].Top + MaxReach; later++)
            {
                double lacking = Lacking(strips[index], strips[later]);
                if (lacking <= 0)
                    continue;
                extra[strips[later].Moment] += lacking + 0.5;
                found = true;
                break;
            }
        }

        return found;
    }

    /// <summary>How much closer they come than they should.</summary>
    private static double Lacking(Strip one, Strip later)
    {
        double left = Math.Max(one.X1, later.X1);
        double right = Math.Min(one.X2, later.X2);
        if (left > right)
            return 0;
        double apart = Math.Min(later.At(left) - one.At(left), later.At(right) - one.At(right));
        return SvgMetrics.LabelDistance - apart;
    }

    private static IEnumerable<Strip> Find(SvgLayout layout)
    {
        double[] lines = layout.Columns.Lifelines;
        for (int index = 0; index < layout.Moments.Count; index++)
        {
            Moment moment = layout.Moments[index];
            double y = layout.Heights[index];
            switch (moment.Event)
            {
                case SegmentEvent segment when !moment.IsEnd:
                    yield return Label(layout, segment, index, y);
                    break;
                case NoteEvent { Participant: null }:
                    double half = SvgColumns.Width(layout.TextOf(moment).Length) / 2;
                    double middle = (lines[0] + lines[^1]) / 2;
                    yield return new Strip(index, middle - half, middle + half, y + 4, 0);
                    break;
                case not SegmentEvent when EventText.Participant(moment.Event) is { } participant && participant > 0 && participant < lines.Length - 1:
                    yield return new Strip(index, lines[participant], lines[participant] + SvgColumns.Width(layout.TextOf(moment).Length) + 40, y + 4, 0);
                    break;
            }
        }
    }

    private static Strip Label(SvgLayout layout, SegmentEvent segment, int index, double y)
    {
        (string label, string remark) = SvgLayout.LabelOf(segment);
        double width = SvgColumns.Width(label.Length + (remark.Length > 0 ? remark.Length + 2 : 0)) + SvgMetrics.LabelIndent;
        double from = layout.Columns.Lifelines[segment.From];
        double slope = layout.SlopeOf(segment);
        double start = y - 6;
        return segment.To >= segment.From
            ? new Strip(index, from, from + width, start, slope)
            : new Strip(index, from - width, from, start - (slope * width), slope);
    }

    /// <param name="Moment">Whose place decides.</param>
    /// <param name="Y">At the left end.</param>
    private readonly record struct Strip(int Moment, double X1, double X2, double Y, double Slope)
    {
        public double Top => Math.Min(Y, At(X2));

        public double At(double x) => Y + (Slope * (x - X1));
    }
}
