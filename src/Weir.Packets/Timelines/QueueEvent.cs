namespace Weir.Packets.Timelines;

/// <summary>How much waits in a queue of a participant's socket.</summary>
public sealed record QueueEvent : TimelineEvent
{
    /// <summary>Its index in <see cref="Timeline.Participants"/>.</summary>
    public required int Participant { get; init; }

    /// <summary>Which one: <c>receive queue</c>.</summary>
    public required string Queue { get; init; }

    public required long DepthBytes { get; init; }
}
