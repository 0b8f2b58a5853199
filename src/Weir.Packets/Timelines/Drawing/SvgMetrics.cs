namespace Weir.Packets.Timelines.Drawing;

/// <summary>Lengths of the drawing, in pixels.</summary>
internal static class SvgMetrics
{
    /// <summary>Of the monospaced label font at 12 px, with a reserve for wide ones.</summary>
    public const double LetterWidth = 7.35;

    /// <summary>How far a segment's label reaches above the point where it leaves.</summary>
    public const double LabelTop = 17;

    /// <summary>How far above that point it ends; as far below it nothing else begins.</summary>
    public const double LabelBottom = 3;

    /// <summary>How far from its sender's lifeline it begins.</summary>
    public const double LabelIndent = 12;

    /// <summary>What the lines of two labels keep between them.</summary>
    public const double LabelDistance = 17;

    public const double MaxLabelSlope = 0.5;
    public const double TipHalf = 5;
    public const double RowHalf = 8;
    public const double StateHalf = 10;
    public const double BarWidth = 9;
    public const double BarStep = 12;
    public const int MaxBars = 6;
    public const double TimeRight = 84;
    public const double AxisX = 94;
    public const double TitleY = 30;
    public const double NamesY = 52;
    public const double NamesHeight = 28;
    public const double FirstY = 112;

    /// <summary>How far a segment falls that took the usual time.</summary>
    public const double UsualFall = 34;

    /// <summary>The least length of an idle time that says how long it was.</summary>
    public const double IdleLength = 52;

    /// <summary>Room for a title, whatever stands below it.</summary>
    public const double MinTotal = 480;

    public const double MinGap = 340;
    public const double MaxGap = 700;
    public const double MaxColumn = 460;
    public const double Margin = 28;

    /// <summary>Between which lifeline and the next a segment's label stands: beside its sender.</summary>
    public static int GapOf(SegmentEvent segment) => segment.To > segment.From ? segment.From : Math.Max(segment.From - 1, 0);
}
