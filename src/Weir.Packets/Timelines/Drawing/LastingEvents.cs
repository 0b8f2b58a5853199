namespace Weir.Packets.Timelines.Drawing;

/// <summary>Which events last in a way that is worth a row for their end.</summary>
internal sealed class LastingEvents
{
    // Shorter calls are points beside the time that segments take.
    private const double BriefPart = 0.1;

    private readonly HashSet<TimelineEvent> _blocked = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TimelineEvent> _overtaken = new(ReferenceEqualityComparer.Instance);

    public LastingEvents(IReadOnlyList<TimelineEvent> events, int maxEvents)
    {
        TimelineEvent[] shown = [.. events.Take(maxEvents)];
        double briefNs = TimeScale.UsualNs(events, maxEvents) * BriefPart;
        long[] times = [.. shown.SelectMany(each => new[] { each.TimeNs, each.EndTimeNs }).Order()];
        foreach (CallEvent call in shown.OfType<CallEvent>())
        {
            if (call.EndNs is { } end && end - call.TimeNs > briefNs && HasBetween(times, call.TimeNs, end))
                _blocked.Add(call);
        }

        FindOvertaken(shown);
    }

    /// <summary>A call during which something else happened.</summary>
    public bool IsBlocked(TimelineEvent happening) => _blocked.Contains(happening);

    /// <summary>A segment that a later one of the same sender overtook, or that was held.</summary>
    public bool IsOvertaken(TimelineEvent happening) => _overtaken.Contains(happening);

    private static bool HasBetween(long[] sorted, long after, long before)
    {
        int index = Array.BinarySearch(sorted, after);
        while (index >= 0 && index < sorted.Length && sorted[index] == after)
            index++;
        return index >= 0 && index < sorted.Length && sorted[index] < before;
    }

    private void FindOvertaken(TimelineEvent[] shown)
    {
        var earliest = new Dictionary<(int, int), long>();
        for (int index = shown.Length - 1; index >= 0; index--)
        {
            if (shown[index] is not SegmentEvent { ReceivedNs: { } received } segment)
                continue;
            (int, int) way = (segment.From, segment.To);
            long later = earliest.GetValueOrDefault(way, long.MaxValue);
            if (segment.Fate == SegmentFate.Held || later < received)
                _overtaken.Add(segment);
            earliest[way] = Math.Min(later, received);
        }
    }
}
