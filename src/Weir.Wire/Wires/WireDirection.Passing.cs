using System.Buffers.Binary;
using Weir.Linux;

namespace Weir.Wire;

// What the wire's thread does with frames.
public sealed partial class WireDirection : IFrameOrigin
{
    // So that what arrives has its turn, however much is injected.
    private const int MaxPostedPerTurn = 256;

    private const int EthernetBytes = 14;
    private const int TagBytes = 4;

    private long _number;

    /// <summary>When something has to be done the next time; long.MaxValue for never.</summary>
    internal long NextDue => _posted.IsEmpty ? _underway.NextDue : 0;

    /// <summary>A frame that has come. With nothing to disturb or watch it, its bytes are not copied: they stay until the batch has left.</summary>
    internal unsafe void Accept(byte* bytes, int length, long now)
    {
        long number = ++_number;
        Counters.Arrive();
        WireConditions conditions = Conditions;
        WireRule[] rules = Volatile.Read(ref _rules);
        bool isPlain = rules.Length == 0 && !_wire.IsObserved && conditions.IsNone && _underway.IsClear(now);
        if (isPlain)
        {
            _out.Add(bytes, length);
            return;
        }

        Accept(new WireFrame(number, new ReadOnlySpan<byte>(bytes, length).ToArray(), now), conditions, rules, now);
        LetGo(now);
    }

    /// <summary>What was asked for from other threads, and what has waited long enough.</summary>
    internal void Tick(long now)
    {
        for (int i = 0; i < MaxPostedPerTurn && _posted.TryDequeue(out Action? action); i++)
            action();
        LetGo(now);
    }

    internal void Flush() => _out.Flush();

    /// <summary>On the wire's thread, at its end.</summary>
    internal void Close() => _out.Dispose();

    void IFrameOrigin.Left(WireFrame? frame, long leftAt)
    {
        if (frame is null)
            Counters.Count(WireFate.Forwarded);
        else
            Note(frame, frame.Fate, leftAt);
    }

    void IFrameOrigin.Refused(WireFrame? frame, Errno errno)
    {
        if (frame is null)
            Counters.Count(WireFate.Refused);
        else
            Note(frame, WireFate.Refused, leftAt: 0, errno);
    }

    private void Accept(WireFrame frame, WireConditions conditions, WireRule[] rules, long now)
    {
        if (conditions.IsCut)
        {
            Lose(frame, WireFate.Cut);
            return;
        }

        if (conditions.MtuBytes > 0 && frame.Bytes.Length > conditions.MtuBytes + HeaderBytes(frame))
        {
            Lose(frame, WireFate.TooLong);
            return;
        }

        foreach (WireRule rule in rules)
        {
            if (rule.Picks(frame) && Apply(rule, frame))
                return;
        }

        long number = frame.Number;
        bool isLost = conditions.LossPattern is { } pattern && pattern[(int)((number - 1) % pattern.Length)] == 'x';
        if (isLost || _chance.Happens(conditions.LossProbability, number, WireQuestion.Loss))
        {
            Lose(frame, WireFate.Lost);
            return;
        }

        if (_chance.Happens(conditions.CorruptionProbability, number, WireQuestion.Corruption))
            Corrupt(frame);
        if (_chance.Happens(conditions.DuplicationProbability, number, WireQuestion.Duplication))
            frame.Copies++;
        for (int copy = 0; copy <= frame.Copies; copy++)
        {
            WireFrame each = copy == 0 ? frame : Copy(frame);
            if (_underway.Enter(each, conditions, now) is { } lost)
                Lose(each, lost);
        }
    }

    /// <summary>True when nothing more is to be done with the frame.</summary>
    private bool Apply(WireRule rule, WireFrame frame)
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
                frame.Copies++;
                return false;
            default:
                Corrupt(frame);
                return false;
        }
    }

    private void LetGo(long now)
    {
        while (_underway.TryTake(now, out WireFrame? frame))
            Leave(frame!);
    }

    private void Leave(WireFrame frame) => _out.Add(frame);

    private void LeaveAfterHold(WireFrame frame)
    {
        Leave(frame);
        for (int copy = 0; copy < frame.Copies; copy++)
            Leave(Copy(frame));
    }

    private void Lose(WireFrame frame, WireFate fate) => Note(frame, fate, leftAt: 0);

    private void Note(WireFrame frame, WireFate fate, long leftAt, Errno errno = Errno.None)
    {
        // Who sees it counted may rely on its having been told.
        _wire.Tell(new WireEvent(this, frame, fate, leftAt, errno));
        Counters.Count(fate);
    }

    private static int HeaderBytes(WireFrame frame) =>
        frame.Bytes.Length > EthernetBytes && BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.Span[(EthernetBytes - 2)..]) == Uapi.ETH_P_8021Q
            ? EthernetBytes + TagBytes
            : EthernetBytes;

    // The addresses of the link stay whole: a frame for somebody else would not be noticed at all.
    private void Corrupt(WireFrame frame)
    {
        // Chance gives a frame one bit, and turning it twice would mend it.
        if (frame.Fate is WireFate.Corrupted)
            return;
        int header = HeaderBytes(frame);
        int bits = (frame.Bytes.Length - header) * 8;
        if (bits > 0)
            frame.TurnBit((header * 8) + _chance.Below(bits, frame.Number, WireQuestion.CorruptedBit));
    }

    private static WireFrame Copy(WireFrame frame) =>
        new(frame.Number, frame.Bytes.ToArray(), frame.ArrivedAt) { Fate = WireFate.Duplicated, ExtraDelay = frame.ExtraDelay };
}
