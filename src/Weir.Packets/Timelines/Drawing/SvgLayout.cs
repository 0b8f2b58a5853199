namespace Weir.Packets.Timelines.Drawing;

/// <summary>Where everything of an SVG ladder stands.</summary>
internal sealed class SvgLayout
{
    private const int MaxRounds = 60;

    private readonly Dictionary<TimelineEvent, (double Begin, double End)> _places = new(ReferenceEqualityComparer.Instance);
    private readonly LastingEvents _lasting;
    private readonly long? _usualDelayNs;

    public SvgLayout(Timeline timeline, int maxEvents)
    {
        Timeline = timeline;
        MaxEvents = maxEvents;
        _lasting = new LastingEvents(timeline.Events, maxEvents);
        _usualDelayNs = TimeScale.UsualDelayNs(timeline.Events.Take(maxEvents).OfType<SegmentEvent>());
        Moments = Moment.From(timeline.Events, maxEvents, EndOf);
        Scale = new TimeScale(TimeScale.UsualNs(timeline.Events, maxEvents), SvgMetrics.UsualFall);
        Bars = new SvgBars(timeline.Events.Take(maxEvents));
        Heights = new double[Moments.Count];
        Columns = new SvgColumns(this);
        PlaceMoments();
    }

    public Timeline Timeline { get; }

    public int MaxEvents { get; }

    public List<Moment> Moments { get; }

    /// <summary>Of each moment.</summary>
    public double[] Heights { get; }

    public TimeScale Scale { get; }

    public SvgBars Bars { get; }

    public SvgColumns Columns { get; }

    /// <summary>Whether labels stand level instead of following their arrows.</summary>
    public bool IsLevel { get; private set; }

    public double Bottom { get; private set; }

    public (double Begin, double End) PlaceOf(TimelineEvent happening) => _places[happening];

    /// <summary>How much a segment's label falls for each pixel to the right; beside a steep arrow it stands level.</summary>
    public double SlopeOf(SegmentEvent segment)
    {
        (double begin, double end) = PlaceOf(segment);
        double width = Columns.Lifelines[segment.To] - Columns.Lifelines[segment.From];
        double slope = width == 0 ? 0 : (end - begin) / width;
        return IsLevel || Math.Abs(slope) > SvgMetrics.MaxLabelSlope ? 0 : slope;
    }

    public string TextOf(Moment moment) => EventText.Clean(TextColumns.Text(moment, _lasting), LadderSvg.MaxLabelLetters);

    /// <summary>A segment's words, and what is said about it.</summary>
    public static (string Label, string Remark) LabelOf(SegmentEvent segment)
    {
        string label = EventText.Clean(segment.Summary, LadderSvg.MaxLabelLetters);
        return (label, EventText.Clean(EventText.Remark(segment), Math.Max(LadderSvg.MaxLabelLetters - label.Length, 12)));
    }

    private long? EndOf(TimelineEvent happening) => happening switch
    {
        SegmentEvent { ReceivedNs: { } received } segment => received > segment.TimeNs ? received : null,
        SegmentEvent { Fate: SegmentFate.Lost or SegmentFate.Held } segment => segment.TimeNs + _usualDelayNs,
        CallEvent call => _lasting.IsBlocked(call) ? call.EndNs : null,
        _ => null,
    };

    /// <summary>Labels follow their arrows; where two would meet, the later one moves down, until none does.</summary>
    private void PlaceMoments()
    {
        double[] extra = new double[Moments.Count];
        for (int round = 0; round < MaxRounds; round++)
        {
            PlaceMoments(extra);
            if (!SvgStrips.Separate(this, extra))
                return;
        }

        IsLevel = true;
        PlaceMoments(new double[Moments.Count]);
    }

    private void PlaceMoments(double[] extra)
    {
        var lanes = new SvgLanes(Timeline.Participants.Count);
        double y = SvgMetrics.FirstY;
        long before = Moments.Count > 0 ? Moments[0].TimeNs : 0;
        for (int index = 0; index < Moments.Count; index++)
        {
            Moment moment = Moments[index];
            long step = moment.TimeNs - before;
            double length = Scale.Length(step);
            y += extra[index] + (Scale.IsIdle(step) ? Math.Max(length, SvgMetrics.IdleLength) : length);
            y = moment.IsSupposed ? y : lanes.Place(y, moment);
            Heights[index] = y;
            _places[moment.Event] = moment.IsEnd ? (_places[moment.Event].Begin, y) : (y, y);
            before = moment.TimeNs;
        }

        Bottom = y + SvgMetrics.UsualFall;
    }
}
