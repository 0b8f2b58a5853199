namespace Weir.Packets.Timelines.Drawing;

/// <summary>
/// Keeps apart what would lie on top of each other. A lane is a place where text or arrowheads stand below one another: beside a lifeline, between
/// two lifelines, or where arrows touch one.
/// </summary>
internal sealed class SvgLanes(int participants)
{
    private const double Padding = 2;
    private readonly double[] _beside = NewLanes(participants);
    private readonly double[] _gaps = NewLanes(participants);
    private readonly double[] _tips = NewLanes(participants * 2);

    /// <summary>How far down something has to be to touch nothing in its lanes.</summary>
    public double Place(double y, Moment moment)
    {
        foreach ((double[] lanes, int lane, double top, double bottom) in Extents(moment))
            y = Math.Max(y, lanes[lane] + top + Padding);
        foreach ((double[] lanes, int lane, double top, double bottom) in Extents(moment))
            lanes[lane] = Math.Max(lanes[lane], y + bottom);
        return y;
    }

    private static double[] NewLanes(int count)
    {
        double[] lanes = new double[Math.Max(count, 1)];
        Array.Fill(lanes, double.NegativeInfinity);
        return lanes;
    }

    private IEnumerable<(double[] Lanes, int Lane, double Top, double Bottom)> Extents(Moment moment)
    {
        switch (moment.Event)
        {
            case SegmentEvent segment:
                int sign = segment.To > segment.From ? 1 : 0;
                if (moment.IsEnd)
                {
                    yield return (_tips, (segment.To * 2) + 1 - sign, SvgMetrics.TipHalf, SvgMetrics.TipHalf);
                }
                else
                {
                    yield return (_tips, (segment.From * 2) + sign, SvgMetrics.LabelTop, SvgMetrics.TipHalf);
                    // A level arrow runs below its label; a falling one makes room by itself.
                    double bottom = segment.ReceivedNs is null ? SvgMetrics.LabelBottom : -SvgMetrics.LabelBottom;
                    yield return (_gaps, SvgMetrics.GapOf(segment), SvgMetrics.LabelTop, bottom);
                }

                break;
            case NoteEvent { Participant: null }:
                for (int gap = 0; gap < participants; gap++)
                    yield return (_gaps, gap, SvgMetrics.RowHalf, SvgMetrics.RowHalf);
                break;
            default:
                int participant = EventText.Participant(moment.Event) ?? 0;
                // A lifeline with others on both sides has its text to the right of it, where segments have theirs.
                bool isOuter = participant == 0 || participant == participants - 1;
                double half = moment.Event is StateEvent ? SvgMetrics.StateHalf : SvgMetrics.RowHalf;
                yield return (isOuter ? _beside : _gaps, participant, half, half);
                break;
        }
    }
}
