namespace Weir.Inspect;

/// <summary>Limits a work to a part of the time that passes, and lets it save up for a burst. For one thread.</summary>
internal sealed class TimeShare
{
    private readonly TimeProvider _time;
    private readonly double _part;
    private readonly TimeSpan _burst;
    private TimeSpan _credit;
    private long _countedAt;
    private long _begunAt;

    /// <param name="time">The clock.</param>
    /// <param name="part">Of the time, less than one.</param>
    /// <param name="burst">The most that is saved up; so much there is to begin with.</param>
    public TimeShare(TimeProvider time, double part, TimeSpan burst)
    {
        (_time, _part, _burst, _credit) = (time, part, burst, burst);
        _countedAt = time.GetTimestamp();
    }

    /// <summary>False while what was done before has used up its part.</summary>
    public bool TryBegin()
    {
        long now = _time.GetTimestamp();
        TimeSpan credit = _credit + _time.GetElapsedTime(_countedAt, now) * _part;
        (_credit, _countedAt, _begunAt) = (credit < _burst ? credit : _burst, now, now);
        return _credit > TimeSpan.Zero;
    }

    /// <summary>Counts what was begun.</summary>
    public void End() => _credit -= _time.GetElapsedTime(_begunAt);
}
