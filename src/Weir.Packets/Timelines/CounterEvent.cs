namespace Weir.Packets.Timelines;

/// <summary>One of a participant's counters has moved.</summary>
public sealed record CounterEvent : TimelineEvent
{
    /// <summary>Its index in <see cref="Timeline.Participants"/>.</summary>
    public required int Participant { get; init; }

    /// <summary>The kernel's name: <c>TcpRetransSegs</c>.</summary>
    public required string Counter { get; init; }

    /// <summary>By how much since it was last read.</summary>
    public required long Delta { get; init; }
}
