namespace Weir.Packets.Timelines.Drawing;

/// <summary>Where a terminal's ladder has its lifelines, and how much room there is beside them.</summary>
internal sealed class TextColumns
{
    private const int MinGap = 24;
    private const int MaxGap = 52;
    private const int MinSides = 32;
    private const int Trimmings = 14;

    public TextColumns(Timeline timeline, IReadOnlyList<Moment> moments, LastingEvents lasting, int width, int timeWidth)
    {
        int last = Math.Max(timeline.Participants.Count - 1, 0);
        // What passed between the participants comes first, what each did gets the rest.
        int wantedGap = Math.Clamp(timeline.Events.OfType<SegmentEvent>().Select(each => each.Summary.Length + Trimmings).DefaultIfEmpty().Max(), MinGap, MaxGap);
        int room = width - timeWidth - 2;
        int forSides = Math.Max(room - (last * wantedGap), Math.Min(MinSides, Math.Max(room - (last * MinGap), 0)));
        int left = Longest(moments, lasting, participant: 0);
        int right = last > 0 ? Longest(moments, lasting, last) : 0;
        (LeftWidth, int rightWidth) = Share(forSides, left, right);
        int first = timeWidth + 2 + LeftWidth;
        int gap = last == 0 ? 0 : Math.Max((width - 1 - rightWidth - first) / last, MinGap);
        Lifelines = [.. Enumerable.Range(0, timeline.Participants.Count).Select(index => first + (index * gap))];
        Width = last == 0 ? width : Math.Max(first + (last * gap) + 1 + rightWidth, timeWidth + 2);
    }

    public int[] Lifelines { get; }

    public int LeftWidth { get; }

    public int Width { get; }

    private static int Longest(IReadOnlyList<Moment> moments, LastingEvents lasting, int participant)
    {
        int longest = 0;
        foreach (Moment moment in moments)
        {
            if (EventText.Participant(moment.Event) == participant)
                longest = Math.Max(longest, Text(moment, lasting).Length + 3);
        }

        return longest;
    }

    internal static string Text(Moment moment, LastingEvents lasting) =>
        moment is { IsEnd: true, Event: CallEvent call } ? EventText.End(call) : EventText.Begin(moment.Event, lasting.IsBlocked(moment.Event));

    // Both sides get what they need, or what is there in proportion.
    private static (int Left, int Right) Share(int room, int left, int right)
    {
        int wanted = left + right;
        return wanted <= room ? (left, right) : (room * left / wanted, room * right / wanted);
    }
}
