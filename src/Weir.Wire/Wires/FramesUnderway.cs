namespace Weir.Wire;

/// <summary>
/// The frames of one direction between their arrival and their leaving: rate and queue, delay and jitter, reordering. Frames leave in the order in which they
/// came, whatever the conditions were meanwhile, except those that chance or a rule lets others overtake.
/// </summary>
internal sealed class FramesUnderway(WireChance chance)
{
    private const int MaxOvertaken = 4096;

    private readonly FrameSchedule _schedule = new();
    private readonly RateQueue _rate = new();
    private readonly List<Overtaken> _overtaken = [];
    private long _entered;

    // Of those that keep their order.
    private long _lastDue;

    /// <summary>When something has to be done the next time; long.MaxValue for never.</summary>
    public long NextDue
    {
        get
        {
            long due = _schedule.NextDue;
            foreach (Overtaken waiting in _overtaken)
                due = Math.Min(due, waiting.Latest);
            return due;
        }
    }

    /// <summary>Whether nothing is on the way that a frame without conditions would overtake.</summary>
    public bool IsClear(long now) => _overtaken.Count == 0 && _lastDue <= now && _schedule.NextDue > now;

    /// <summary>Null when the frame is on its way, otherwise what became of it.</summary>
    public WireFate? Enter(WireFrame frame, WireConditions conditions, long now)
    {
        if (_rate.Enter(conditions, frame.Bytes.Length, now) is not long sent)
            return WireFate.QueueFull;
        double jitter = conditions.Jitter == TimeSpan.Zero ? 0 : (2 * chance.Next(frame.Number, WireQuestion.Jitter)) - 1;
        long due = sent + Math.Max(0, FrameSchedule.Ticks(conditions.Delay + (jitter * conditions.Jitter)));
        // Only what a rule delays is overtaken by those that are not.
        if (frame.ExtraDelay > TimeSpan.Zero)
            return _schedule.TryAdd(frame, due + FrameSchedule.Ticks(frame.ExtraDelay)) ? null : WireFate.NoRoom;

        due = Math.Max(due, _lastDue);
        bool isCopy = frame.Fate is WireFate.Duplicated;
        if (!isCopy)
            _entered++;
        if (!isCopy && chance.Happens(conditions.ReorderingProbability, frame.Number, WireQuestion.Reordering) && _overtaken.Count < MaxOvertaken)
        {
            long latest = due + FrameSchedule.Ticks(conditions.ReorderingTimeout);
            _overtaken.Add(new Overtaken(frame, due, latest, After: _entered + conditions.ReorderingDistance));
        }
        else if (_schedule.TryAdd(frame, due))
        {
            _lastDue = due;
        }
        else
        {
            return WireFate.NoRoom;
        }

        LetOvertakenGo();
        return null;
    }

    /// <summary>The next frame whose time has come.</summary>
    public bool TryTake(long now, out WireFrame? frame)
    {
        for (int i = 0; i < _overtaken.Count; i++)
        {
            if (_overtaken[i].Latest > now)
                continue;
            _schedule.Add(_overtaken[i].Frame, _overtaken[i].Latest);
            _overtaken.RemoveAt(i--);
        }

        return _schedule.TryTake(now, out frame);
    }

    // Behind the last of those that overtake it, and not sooner than it would have been without them.
    private void LetOvertakenGo()
    {
        for (int i = 0; i < _overtaken.Count; i++)
        {
            if (_overtaken[i].After > _entered)
                continue;
            _lastDue = Math.Max(_lastDue, _overtaken[i].Due);
            _schedule.Add(_overtaken[i].Frame, _lastDue);
            _overtaken.RemoveAt(i--);
        }
    }

    /// <param name="Due">When it would leave if nothing overtook it.</param>
    /// <param name="Latest">When it leaves whatever has overtaken it.</param>
    /// <param name="After">The number of the frame that is the last to overtake it.</param>
    private readonly record struct Overtaken(WireFrame Frame, long Due, long Latest, long After);
}
