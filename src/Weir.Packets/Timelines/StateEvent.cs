namespace Weir.Packets.Timelines;

/// <summary>A socket's state has changed, under the kernel's names: from SYN_SENT to ESTABLISHED.</summary>
public sealed record StateEvent : TimelineEvent
{
    /// <summary>Its index in <see cref="Timeline.Participants"/>.</summary>
    public required int Participant { get; init; }

    /// <summary>The state before; null when it was not known.</summary>
    public string? From { get; init; }

    public required string To { get; init; }
}
