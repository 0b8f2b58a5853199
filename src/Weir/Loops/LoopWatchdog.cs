using Weir.Loops;

namespace Weir;

/// <summary>A loop that was held up.</summary>
/// <param name="LoopName">Which one.</param>
/// <param name="Duration">How long its turn had lasted when it was noticed.</param>
/// <param name="Connections">How many connections waited behind it.</param>
public readonly record struct LoopStall(string LoopName, TimeSpan Duration, int Connections);

/// <summary>
/// Looks from outside whether a loop's turn takes too long, which is a handler that blocks or computes on it. A thread of its own: a timer
/// would wake the thread pool each time, whose workers spin before they sleep again.
/// </summary>
internal sealed class LoopWatchdog : IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly long[] _reportedTurnMs;
    private readonly TimeSpan _threshold;
    private readonly Action<LoopStall> _report;
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly Thread _thread;
    private bool _stopped;

    public LoopWatchdog(EventLoop[] loops, TimeSpan threshold, Action<LoopStall> report)
    {
        _loops = loops;
        _threshold = threshold;
        _report = report;
        _reportedTurnMs = new long[loops.Length];
        Array.Fill(_reportedTurnMs, -1);
        _thread = new Thread(Watch) { Name = "weir watchdog", IsBackground = true };
        _thread.UnsafeStart();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        _stop.Set();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    // The thread lets the event go, as it is the last to look at it, also when a report disposes the loops.
    private void Watch()
    {
        using (_stop)
        {
            while (!_stop.WaitOne(_threshold / 2))
                Look();
        }
    }

    private void Look()
    {
        for (int i = 0; i < _loops.Length; i++)
        {
            EventLoop loop = _loops[i];
            long startedMs = loop.TurnStartedMs;
            if (startedMs < 0 || startedMs == _reportedTurnMs[i])
                continue;
            TimeSpan duration = TimeSpan.FromMilliseconds(loop.ClockMs() - startedMs);
            if (duration < _threshold)
                continue;
            _reportedTurnMs[i] = startedMs;
            loop.Counters.CountStall();
            _report(new LoopStall(loop.Name, duration, loop.Counters.Connections));
        }
    }
}
