using System.Diagnostics;

namespace Weir.Wire;

/// <summary>A line of a certain rate with a queue before it that drops at its tail: when the next frame will have been sent.</summary>
internal sealed class RateQueue
{
    // At a bit per second a frame takes days, and the times would overflow behind some thousand of them.
    private static readonly long s_maxWait = FrameSchedule.Ticks(TimeSpan.FromDays(365));

    private readonly Queue<(long Sent, int Bytes)> _waiting = new();
    private long _waitingBytes;
    private long _free;

    /// <summary>The time at which the frame's last bit has left; null when the queue is full.</summary>
    public long? Enter(WireConditions conditions, int bytes, long now)
    {
        while (_waiting.TryPeek(out (long Sent, int Bytes) first) && first.Sent <= now)
            _waitingBytes -= _waiting.Dequeue().Bytes;
        if (conditions.RateBitsPerSecond == 0)
            return now;
        bool isFull = _waiting.Count >= conditions.QueueFrames || (conditions.QueueBytes > 0 && _waitingBytes + bytes > conditions.QueueBytes);
        Int128 sent = Math.Max(now, _free) + ((Int128)bytes * 8 * Stopwatch.Frequency / conditions.RateBitsPerSecond);
        if (isFull || sent - now > s_maxWait)
            return null;
        _free = (long)sent;
        _waiting.Enqueue((_free, bytes));
        _waitingBytes += bytes;
        return _free;
    }
}
