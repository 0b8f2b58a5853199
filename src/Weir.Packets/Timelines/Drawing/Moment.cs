namespace Weir.Packets.Timelines.Drawing;

/// <summary>A beginning or an end that a ladder shows at a place of its own.</summary>
internal readonly record struct Moment(long TimeNs, TimelineEvent Event, bool IsEnd)
{
    /// <summary>Whether it is the time at which a segment would have arrived: a lost one falls like its neighbours.</summary>
    public bool IsSupposed => IsEnd && Event is SegmentEvent { ReceivedNs: null };

    /// <summary>The beginnings of the first events, and the ends that <paramref name="endOf"/> gives some of them, in the order of time.</summary>
    public static List<Moment> From(IReadOnlyList<TimelineEvent> events, int maxEvents, Func<TimelineEvent, long?> endOf)
    {
        var moments = new List<Moment>();
        foreach (TimelineEvent each in events.Take(maxEvents))
        {
            moments.Add(new Moment(each.TimeNs, each, IsEnd: false));
            if (endOf(each) is { } end)
                moments.Add(new Moment(end, each, IsEnd: true));
        }

        return [.. moments.OrderBy(moment => moment.TimeNs)];
    }
}
