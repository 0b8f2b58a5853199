using System.Diagnostics;

namespace Weir.Wire;

// What the wire's thread does with frames.
public sealed partial class WireDirection
{
    private const int EthernetBytes = 14;
    private const int MaxOvertaken = 4096;

    private readonly List<(WireFrame Frame, long After, long Latest)> _overtaken = [];
    private long _number;
    private long _lastDue;

    /// <summary>When something has to be done the next time; long.MaxValue for never.</summary>
    internal long NextDue
    {
        get
        {
            long due = _schedule.NextDue;
            foreach ((_, _, long latest) in _overtaken)
                due = Math.Min(due, latest);
            return due;
        }
    }

    /// <summary>A frame that has come. With nothing to disturb or watch it, its bytes are not copied: they stay until the batch has left.</summary>
    internal unsafe void Accept(byte* bytes, int length, long now)
    {
        long number = ++_number;
        Counters.Arrive();
        WireConditions conditions = Conditions;
        WireRule[] rules = Volatile.Read(ref _rules);
        bool isPlain = rules.Length == 0 && !_wire.IsObserved && _overtaken.Count == 0 && conditions.IsNone && _lastDue <= now;
        if (isPlain)
        {
            Counters.Count(WireFate.Forwarded);
            _out.Add(bytes, length);
            return;
        }

        Accept(new WireFrame(number, new ReadOnlySpan<byte>(bytes, length).ToArray(), now), conditions, rules, now);
        LetOvertakenGo(number, now);
    }

    /// <summary>What was asked for from other threads, and what has waited long enough.</summary>
    internal void Tick(long now)
    {
        while (_posted.TryDequeue(out Action? action))
            action();
        while (_schedule.TryTake(now, out WireFrame? frame))
            Leave(frame!);
        for (int i = 0; i < _overtaken.Count; i++)
        {
            if (_overtaken[i].Latest > now)
                continue;
            Leave(_overtaken[i].Frame);
            _overtaken.RemoveAt(i--);
        }
    }

    internal void Flush() => _out.Flush();

    private void Accept(WireFrame frame, WireConditions conditions, WireRule[] rules, long now)
    {
        if (conditions.IsCut)
        {
            Lose(frame, WireFate.Cut);
            return;
        }

        if (conditions.MtuBytes > 0 && frame.Bytes.Length > conditions.MtuBytes + EthernetBytes)
        {
            Lose(frame, WireFate.TooLong);
            return;
        }

        int copies = 1;
        foreach (WireRule rule in rules)
        {
            if (rule.Picks(frame) && Apply(rule, frame, ref copies))
                return;
        }

        long number = frame.Number;
        bool isLost = conditions.LossPattern is { } pattern && pattern[(int)((number - 1) % pattern.Length)] == 'x';
        if (isLost || Happens(conditions.LossProbability, number, WireQuestion.Loss))
        {
            Lose(frame, WireFate.Lost);
            return;
        }

        if (Happens(conditions.CorruptionProbability, number, WireQuestion.Corruption))
            Corrupt(frame);
        if (Happens(conditions.DuplicationProbability, number, WireQuestion.Duplication))
            copies++;
        for (int copy = 0; copy < copies; copy++)
            Queue(copy == 0 ? frame : Copy(frame), conditions, now);
    }

    /// <summary>True when nothing more is to be done with the frame.</summary>
    private bool Apply(WireRule rule, WireFrame frame, ref int copies)
    {
        switch (rule.Action)
        {
            case WireAction.Drop:
                Lose(frame, WireFate.Dropped);
                return true;
            case WireAction.Hold:
                // Noted first: a release may come from another thread at once.
                Note(frame, WireFate.Held, leftAt: 0);
                if (!((WireHold)rule).TryKeep(frame))
                    Lose(frame, WireFate.NoRoom);
                return true;
            case WireAction.Delay:
                frame.ExtraDelay += rule.Delay;
                return false;
            case WireAction.Duplicate:
                copies++;
                return false;
            default:
                Corrupt(frame);
                return false;
        }
    }

    private void Queue(WireFrame frame, WireConditions conditions, long now)
    {
        if (_queue.Enter(conditions, frame.Bytes.Length, now) is not long sent)
        {
            Lose(frame, WireFate.QueueFull);
            return;
        }

        if (Happens(conditions.ReorderingProbability, frame.Number, WireQuestion.Reordering) && frame.Fate is not WireFate.Duplicated && _overtaken.Count < MaxOvertaken)
        {
            _overtaken.Add((frame, frame.Number + conditions.ReorderingDistance, now + FrameSchedule.Ticks(conditions.ReorderingTimeout)));
            return;
        }

        double jitter = conditions.Jitter == TimeSpan.Zero ? 0 : (2 * _chance.Next(frame.Number, WireQuestion.Jitter)) - 1;
        long due = sent + Math.Max(0, FrameSchedule.Ticks(conditions.Delay + (jitter * conditions.Jitter)));
        // Only what a rule delays is overtaken.
        if (frame.ExtraDelay > TimeSpan.Zero)
            due += FrameSchedule.Ticks(frame.ExtraDelay);
        else
            _lastDue = due = Math.Max(due, _lastDue);
        if (due <= now)
            Leave(frame);
        else if (!_schedule.TryAdd(frame, due))
            Lose(frame, WireFate.NoRoom);
    }

    private void LetOvertakenGo(long number, long now)
    {
        for (int i = 0; i < _overtaken.Count; i++)
        {
            if (_overtaken[i].After > number)
                continue;
            WireFrame frame = _overtaken[i].Frame;
            _overtaken.RemoveAt(i--);
            // Behind those that have passed it, which may be on the way still.
            if (_lastDue <= now || !_schedule.TryAdd(frame, _lastDue))
                Leave(frame);
        }
    }

    private void Leave(WireFrame frame)
    {
        _out.AddCopy(frame.Bytes.Span);
        Note(frame, frame.Fate, Stopwatch.GetTimestamp());
    }

    private void Lose(WireFrame frame, WireFate fate) => Note(frame, fate, leftAt: 0);

    private void Note(WireFrame frame, WireFate fate, long leftAt)
    {
        Counters.Count(fate);
        _wire.Tell(new WireEvent(this, frame, fate, leftAt));
    }

    private bool Happens(double probability, long number, WireQuestion question) => probability > 0 && _chance.Next(number, question) < probability;

    // The addresses of the link stay whole: a frame for somebody else would not be noticed at all.
    private void Corrupt(WireFrame frame)
    {
        int bits = (frame.Bytes.Length - EthernetBytes) * 8;
        if (bits > 0)
            frame.TurnBit((EthernetBytes * 8) + _chance.Below(bits, frame.Number, WireQuestion.CorruptedBit));
    }

    private static WireFrame Copy(WireFrame frame) =>
        new(frame.Number, frame.Bytes.ToArray(), frame.ArrivedAt) { Fate = WireFate.Duplicated, ExtraDelay = frame.ExtraDelay };
}
