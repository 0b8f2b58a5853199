using Weir.Linux;
using Weir.Loops;

namespace Weir;

public sealed partial class MessageChannel
{
    private long _lastActivityMs;

    private void StartIdleTimer()
    {
        if (_options.IdleTimeout == Timeout.InfiniteTimeSpan)
            return;
        NoteActivity();
        var timer = new IdleTimer(this);
        _readiness.Timer = timer;
        _readiness.Loop.Post(timer);
    }

    // By the clock: the loop may be asleep while others send.
    private void NoteActivity()
    {
        if (_options.IdleTimeout != Timeout.InfiniteTimeSpan)
            Volatile.Write(ref _lastActivityMs, _readiness.Loop.ClockMs());
    }

    private sealed class IdleTimer(MessageChannel channel) : LoopTimer, ILoopWork
    {
        public override void OnDue(long nowMs)
        {
            if (nowMs >= DueAtMs)
                channel._readiness.Fail(Errno.ETIMEDOUT);
            else
                RunOnLoop();
        }

        public void RunOnLoop()
        {
            if (!channel._readiness.IsClosing)
                channel._readiness.Loop.Timers.Schedule(this, Math.Max(DueAtMs, channel._readiness.Loop.NowMs + 1));
        }

        void ILoopWork.Abandon()
        {
        }

        private long DueAtMs => Volatile.Read(ref channel._lastActivityMs) + (long)channel._options.IdleTimeout.TotalMilliseconds;
    }
}
