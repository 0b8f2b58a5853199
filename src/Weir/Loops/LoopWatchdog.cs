using Weir.Loops;

namespace Weir;

/// <summary>A loop that was held up.</summary>
/// <param name="LoopName">Which one.</param>
/// <param name="Duration">How long its turn had lasted when it was noticed.</param>
/// <param name="Connections">How many connections waited behind it.</param>
public readonly record struct LoopStall(string LoopName, TimeSpan Duration, int Connections);

/// <summary>Looks from outside whether a loop's turn takes too long, which is a handler that blocks or computes on it.</summary>
internal sealed class LoopWatchdog : IAsyncDisposable
{
    private readonly EventLoop[] _loops;
    private readonly long[] _reportedTurnMs;
    private readonly TimeSpan _threshold;
    private readonly Action<LoopStall> _report;
    private readonly ITimer _timer;

    public LoopWatchdog(EventLoop[] loops, LoopOptions options, Action<LoopStall> report)
    {
        _loops = loops;
        _threshold = options.StallThreshold;
        _report = report;
        _reportedTurnMs = new long[loops.Length];
        Array.Fill(_reportedTurnMs, -1);
        _timer = options.TimeProvider.CreateTimer(static watchdog => ((LoopWatchdog)watchdog!).Look(), this, _threshold / 2, _threshold / 2);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

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
