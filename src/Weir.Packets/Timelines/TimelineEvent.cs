namespace Weir.Packets.Timelines;

/// <summary>Something that happened, on the one clock of its timeline.</summary>
public abstract record TimelineEvent
{
    /// <summary>Nanoseconds; since when is the clock's own matter. Of what lasts, the beginning.</summary>
    public required long TimeNs { get; init; }

    /// <summary>Of what lasts, the end; otherwise <see cref="TimeNs"/>.</summary>
    internal virtual long EndTimeNs => TimeNs;
}
