namespace Weir.Packets.Timelines.Drawing;

/// <summary>Which calls stand beside each other because they lasted at the same time, in several threads of one participant.</summary>
internal sealed class SvgBars
{
    private readonly Dictionary<TimelineEvent, int> _columns = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, int> _widths = [];

    public SvgBars(IEnumerable<TimelineEvent> events)
    {
        var ends = new Dictionary<(int Participant, int Column), long>();
        foreach (CallEvent call in events.OfType<CallEvent>())
        {
            int column = 0;
            while (column < SvgMetrics.MaxBars - 1 && ends.TryGetValue((call.Participant, column), out long end) && end > call.TimeNs)
                column++;
            ends[(call.Participant, column)] = call.EndNs ?? long.MaxValue;
            _columns[call] = column;
            _widths[call.Participant] = Math.Max(_widths.GetValueOrDefault(call.Participant), column + 1);
        }
    }

    public int ColumnOf(CallEvent call) => _columns[call];

    /// <summary>How many stand beside each other at the most.</summary>
    public int WidthOf(int participant) => _widths.GetValueOrDefault(participant);
}
