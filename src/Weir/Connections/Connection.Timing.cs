using Weir.Linux;
using Weir.Loops;

namespace Weir;

// Idle time-out, heartbeat and the limits of closing share one timer, made when the first of them is needed.
public sealed partial class Connection
{
    private ConnectionTimer? _timer;

    private void StartTimers()
    {
        if (Options.IdleTimeout == Timeout.InfiniteTimeSpan && Options.Heartbeat is null)
            return;
        _timer = new ConnectionTimer(this) { LastReceivedMs = Loop.NowMs, LastSentMs = Loop.NowMs };
        ScheduleNextCheck(_timer, Loop.NowMs);
    }

    /// <summary>A limit of closing.</summary>
    private void LimitStep(TimeSpan limit)
    {
        _timer ??= new ConnectionTimer(this);
        Loop.Timers.Cancel(_timer);
        if (limit != Timeout.InfiniteTimeSpan)
            Loop.Timers.Schedule(_timer, Loop.NowMs + (long)limit.TotalMilliseconds);
    }

    private void OnTimer(ConnectionTimer timer, long nowMs)
    {
        if (_state != CloseState.Open)
        {
            OnStepOver();
            return;
        }

        // While our own reader is behind, nobody listens to the peer, who may be sending all the time.
        if (Input.IsPaused || _waitsForBuffers)
            timer.NotHeardSinceMs = nowMs;
        if (IsOver(nowMs, timer.LastActivityMs, Options.IdleTimeout)
            || (Options.Heartbeat is { } limits && IsOver(nowMs, timer.PeerSilentSinceMs, limits.PeerTimeout)))
        {
            SetFault(Errno.ETIMEDOUT);
            AbortNow();
            return;
        }

        if (Options.Heartbeat is { } heartbeat && IsOver(nowMs, timer.LastSentMs, heartbeat.Interval))
        {
            timer.LastSentMs = nowMs;
            // Nothing may follow our end of stream.
            if (!_finishSending)
                Output.SendHeartbeat(heartbeat.Payload);
        }

        ScheduleNextCheck(timer, nowMs);
    }

    private void ScheduleNextCheck(ConnectionTimer timer, long nowMs)
    {
        long dueMs = Due(timer.LastActivityMs, Options.IdleTimeout);
        if (Options.Heartbeat is { } heartbeat)
        {
            dueMs = Math.Min(dueMs, Due(timer.PeerSilentSinceMs, heartbeat.PeerTimeout));
            dueMs = Math.Min(dueMs, Due(timer.LastSentMs, heartbeat.Interval));
        }

        if (dueMs != long.MaxValue)
            Loop.Timers.Schedule(timer, Math.Max(dueMs, nowMs + 1));
    }

    private static long Due(long sinceMs, TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan ? long.MaxValue : sinceMs + (long)limit.TotalMilliseconds;

    private static bool IsOver(long nowMs, long sinceMs, TimeSpan limit) => nowMs >= Due(sinceMs, limit);

    private sealed class ConnectionTimer(Connection connection) : LoopTimer
    {
        public long LastReceivedMs { get; set; }

        public long LastSentMs { get; set; }

        /// <summary>When the reader was last too far behind to hear the peer.</summary>
        public long NotHeardSinceMs { get; set; }

        public long PeerSilentSinceMs => Math.Max(LastReceivedMs, NotHeardSinceMs);

        public long LastActivityMs => Math.Max(LastReceivedMs, LastSentMs);

        public override void OnDue(long nowMs)
        {
            connection.OnTimer(this, nowMs);
            connection.Loop.UpdateInterest(connection);
        }
    }
}
