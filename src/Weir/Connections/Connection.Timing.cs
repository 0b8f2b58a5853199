using Weir.Linux;
using Weir.Loops;

namespace Weir;

// Idle time-out, heartbeat and the limits of closing share one timer, made when the first of them is needed.
public sealed partial class Connection
{
    private ConnectionTimer? _timer;
    private long _lastReceivedMs;
    private long _lastSentMs;

    private void StartTimers()
    {
        _lastReceivedMs = _lastSentMs = Loop.NowMs;
        if (NextCheckMs() is { } due)
            Schedule(due);
    }

    private void OnTimer(long nowMs)
    {
        if (_state != CloseState.Open)
        {
            OnCloseTimer();
            return;
        }

        if (IsOver(nowMs, Math.Max(_lastReceivedMs, _lastSentMs), Options.IdleTimeout)
            || (Options.Heartbeat is { } limits && IsOver(nowMs, _lastReceivedMs, limits.PeerTimeout)))
        {
            SetFault(Errno.ETIMEDOUT);
            AbortNow();
            return;
        }

        if (Options.Heartbeat is { } heartbeat && IsOver(nowMs, _lastSentMs, heartbeat.Interval))
        {
            _lastSentMs = nowMs;
            Output.SendHeartbeat(heartbeat.Payload);
        }

        if (NextCheckMs() is { } due)
            Schedule(Math.Max(due, nowMs + 1));
    }

    private long? NextCheckMs()
    {
        long next = long.MaxValue;
        Consider(Math.Max(_lastReceivedMs, _lastSentMs), Options.IdleTimeout);
        if (Options.Heartbeat is { } heartbeat)
        {
            Consider(_lastReceivedMs, heartbeat.PeerTimeout);
            Consider(_lastSentMs, heartbeat.Interval);
        }

        return next == long.MaxValue ? null : next;

        void Consider(long sinceMs, TimeSpan limit)
        {
            if (limit != Timeout.InfiniteTimeSpan)
                next = Math.Min(next, sinceMs + (long)limit.TotalMilliseconds);
        }
    }

    private void ScheduleTimer(TimeSpan delay)
    {
        if (delay != Timeout.InfiniteTimeSpan)
            Schedule(Loop.NowMs + (long)delay.TotalMilliseconds);
    }

    private void Schedule(long dueMs) => Loop.Timers.Schedule(_timer ??= new ConnectionTimer(this), dueMs);

    private static bool IsOver(long nowMs, long sinceMs, TimeSpan limit) =>
        limit != Timeout.InfiniteTimeSpan && nowMs - sinceMs >= (long)limit.TotalMilliseconds;

    private sealed class ConnectionTimer(Connection connection) : LoopTimer
    {
        public override void OnDue(long nowMs) => connection.OnTimer(nowMs);
    }
}
