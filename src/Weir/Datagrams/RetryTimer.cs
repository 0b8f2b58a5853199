using Weir.Loops;

namespace Weir;

/// <summary>Says "try again" after a moment, where no event will.</summary>
internal sealed class RetryTimer(SocketReadiness readiness) : LoopTimer, ILoopWork
{
    private const int RetryMs = 2;

    public override void OnDue(long nowMs) => readiness.Output.Set();

    void ILoopWork.RunOnLoop()
    {
        readiness.Loop.Timers.Cancel(this);
        readiness.Loop.Timers.Schedule(this, readiness.Loop.NowMs + RetryMs);
    }

    void ILoopWork.Abandon()
    {
    }
}
