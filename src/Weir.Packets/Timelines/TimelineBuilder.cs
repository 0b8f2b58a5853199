namespace Weir.Packets.Timelines;

/// <summary>Collects events, in any order, until they are a <see cref="Timeline"/>. Not for several threads at once.</summary>
public sealed class TimelineBuilder
{
    /// <summary>The most events of a timeline; the ones that come later are counted.</summary>
    public const int MaxEvents = 1_000_000;

    /// <summary>The most participants; drawings have a line for each.</summary>
    public const int MaxParticipants = 64;

    private readonly List<string> _participants = [];
    private readonly List<TimelineEvent> _events = [];
    private long _leftOut;

    public string Title { get; set; } = "";

    /// <summary>The index of the participant with this name, who is added when there is none yet; null when there are too many.</summary>
    public int? TryParticipant(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int index = _participants.IndexOf(name);
        if (index >= 0)
            return index;
        if (_participants.Count == MaxParticipants)
            return null;
        _participants.Add(name);
        return _participants.Count - 1;
    }

    /// <inheritdoc cref="TryParticipant"/>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxParticipants"/>.</exception>
    public int Participant(string name) =>
        TryParticipant(name) ?? throw new InvalidOperationException($"A timeline has at most {MaxParticipants} participants.");

    public void Add(TimelineEvent happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        if (_events.Count < MaxEvents)
            _events.Add(happening);
        else
            _leftOut++;
    }

    /// <summary>Counts events that could not be added.</summary>
    public void LeaveOut(long events = 1) => _leftOut += events;

    public Timeline Build() => new(Title, [.. _participants], [.. _events.OrderBy(each => each.TimeNs)], _leftOut);
}
