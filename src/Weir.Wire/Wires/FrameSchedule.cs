using System.Diagnostics;

namespace Weir.Wire;

/// <summary>Frames on the way, by the time at which they leave; of two with the same time the first goes first.</summary>
internal sealed class FrameSchedule
{
    // A second of small frames at the most that a wire passes.
    private const int MaxFrames = 262_144;

    private readonly PriorityQueue<WireFrame, (long Due, long Order)> _frames = new();
    private long _order;

    /// <summary>When the first one leaves; long.MaxValue when there is none.</summary>
    public long NextDue => _frames.TryPeek(out _, out (long Due, long Order) first) ? first.Due : long.MaxValue;

    /// <summary>False when there are too many.</summary>
    public bool TryAdd(WireFrame frame, long due)
    {
        if (_frames.Count >= MaxFrames)
            return false;
        Add(frame, due);
        return true;
    }

    /// <summary>For those whose number has a limit of its own.</summary>
    public void Add(WireFrame frame, long due) => _frames.Enqueue(frame, (due, _order++));

    public bool TryTake(long now, out WireFrame? frame)
    {
        frame = null;
        return NextDue <= now && _frames.TryDequeue(out frame, out _);
    }

    public static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
