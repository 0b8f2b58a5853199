namespace Weir.Packets.Timelines;

/// <summary>A remark of whoever made the timeline.</summary>
public sealed record NoteEvent : TimelineEvent
{
    /// <summary>Its index in <see cref="Timeline.Participants"/>; null when it concerns all of them.</summary>
    public int? Participant { get; init; }

    public required string Text { get; init; }
}
