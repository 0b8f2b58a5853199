using Weir.Linux;

namespace Weir.Packets.Timelines;

/// <summary>A system call of one participant.</summary>
public sealed record CallEvent : TimelineEvent
{
    /// <summary>Its index in <see cref="Timeline.Participants"/>.</summary>
    public required int Participant { get; init; }

    /// <summary>Which of the participant's threads; any name, or empty.</summary>
    public string Thread { get; init; } = "";

    public required string Name { get; init; }

    /// <summary>As they are shown between the parentheses: <c>fd 3, 17 B</c>.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>What it returned; null while it lasts, and when it failed.</summary>
    public long? Result { get; init; }

    public Errno Errno { get; init; }

    /// <summary>When it returned; null when it had not by the end of the timeline. The time since <see cref="TimelineEvent.TimeNs"/> was spent blocked.</summary>
    public long? EndNs { get; init; }

    // Two names of one number: ToString takes any.
    internal string ErrnoName => Errno == Errno.EAGAIN ? nameof(Errno.EAGAIN) : Errno == Errno.EDEADLK ? nameof(Errno.EDEADLK) : Errno.ToString();

    internal override long EndTimeNs => EndNs ?? TimeNs;

    /// <summary><c>recv(fd 3, 4096)</c></summary>
    internal string Head => $"{Name}({Arguments})";

    /// <summary><c>= 17</c>, <c>= EAGAIN</c>, or that it has not returned.</summary>
    internal string Outcome => Errno != Errno.None ? $"= {ErrnoName}" : Result is { } result ? $"= {result}" : EndNs is null ? "does not return" : "returns";
}
