namespace Weir.Packets.Timelines.Drawing;

/// <summary>What an SVG ladder needs from left to right.</summary>
internal sealed class SvgColumns
{
    private readonly double[] _nameWidths;

    public SvgColumns(SvgLayout layout)
    {
        Names = [.. layout.Timeline.Participants.Select(name => EventText.Clean(name, LadderSvg.MaxLabelLetters))];
        _nameWidths = [.. Names.Select(name => (name.Length * (SvgMetrics.LetterWidth + 0.7)) + 28)];
        int count = Names.Length;
        double[] gaps = new double[Math.Max(count, 1)];
        double left = 0;
        double right = 0;
        foreach (Moment moment in layout.Moments)
        {
            if (moment.Event is SegmentEvent segment)
            {
                int gap = SvgMetrics.GapOf(segment);
                (string label, string remark) = SvgLayout.LabelOf(segment);
                gaps[gap] = Math.Max(gaps[gap], Width(label.Length + (remark.Length > 0 ? remark.Length + 2 : 0)) + 48);
                continue;
            }

            double width = Width(layout.TextOf(moment).Length) + 34;
            switch (EventText.Participant(moment.Event))
            {
                case 0: left = Math.Max(left, width + (layout.Bars.WidthOf(0) * SvgMetrics.BarStep)); break;
                case { } last when last == count - 1: right = Math.Max(right, width + (layout.Bars.WidthOf(last) * SvgMetrics.BarStep)); break;
                case { } middle: gaps[middle] = Math.Max(gaps[middle], width + (layout.Bars.WidthOf(middle) * SvgMetrics.BarStep)); break;
                case null: gaps[0] = Math.Max(gaps[0], width / Math.Max(count - 1, 1)); break;
            }
        }

        Lifelines = new double[count];
        double x = SvgMetrics.AxisX + Math.Max(Math.Min(left, SvgMetrics.MaxColumn + 100), (count > 0 ? _nameWidths[0] / 2 : 0) + 12);
        for (int index = 0; index < count; index++)
        {
            Lifelines[index] = x;
            if (index + 1 < count)
                x += Math.Max(Math.Clamp(gaps[index], SvgMetrics.MinGap, SvgMetrics.MaxGap), ((_nameWidths[index] + _nameWidths[index + 1]) / 2) + 16);
        }

        double tail = count > 0 ? _nameWidths[^1] / 2 : 0;
        Total = Math.Max(x + Math.Max(Math.Max(right, tail), SvgMetrics.Margin) + SvgMetrics.Margin, SvgMetrics.MinTotal);
    }

    public string[] Names { get; }

    public double[] Lifelines { get; }

    /// <summary>How wide the whole drawing is.</summary>
    public double Total { get; }

    public double NameWidth(int index) => _nameWidths[index];

    public static double Width(int letters) => letters * SvgMetrics.LetterWidth;
}
