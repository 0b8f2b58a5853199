using FsCheck;
using FsCheck.Fluent;
using Weir.Loops;
using Weir.Testing;
using Xunit;

namespace Weir.Tests.Loops;

public sealed class TimerHeapTests
{
    /// <summary>What is done to a heap: schedule (again), cancel, or let time pass.</summary>
    private readonly record struct Step(int Kind, int Timer, int Ms);

    [Fact]
    public void AnySteps_FireWhatAListWouldFire_InOrder()
    {
        Gen<Step[]> steps =
            Gen.Choose(0, 3).SelectMany(kind => Gen.Choose(0, 30).SelectMany(timer => Gen.Choose(0, 60).Select(ms => new Step(kind, timer, ms))))
                .ArrayOf(200);
        TestSeed.ForAll(steps, Follow, runs: 300);
    }

    [Fact]
    public void TimersScheduledWhileFiring_WaitForTheNextCall()
    {
        var heap = new TimerHeap();
        int fired = 0;
        ActionTimer timer = null!;
        timer = new ActionTimer(now =>
        {
            fired++;
            heap.Schedule(timer, now);
        });
        heap.Schedule(timer, 5);
        heap.Fire(5);
        Assert.Equal((1, 0), (fired, heap.MillisecondsUntilNext(5)));
        heap.Fire(6);
        Assert.Equal(2, fired);
    }

    [Fact]
    public void TimeUntilNext_IsMinusOneWithoutTimers_AndNeverNegative()
    {
        var heap = new TimerHeap();
        Assert.Equal(-1, heap.MillisecondsUntilNext(100));
        heap.Schedule(new ActionTimer(_ => { }), 150);
        Assert.Equal((50, 0), (heap.MillisecondsUntilNext(100), heap.MillisecondsUntilNext(1000)));
        heap.Schedule(new ActionTimer(_ => { }), long.MaxValue);
        Assert.Equal(2, heap.Count);
    }

    private static void Follow(Step[] steps)
    {
        var heap = new TimerHeap();
        var model = new Dictionary<int, long>();
        List<int> fired = [];
        ActionTimer[] timers = [.. Enumerable.Range(0, 31).Select(i => new ActionTimer(_ => fired.Add(i)))];
        long now = 0;
        foreach (Step step in steps)
        {
            switch (step.Kind)
            {
                case 0 or 1:
                    heap.Schedule(timers[step.Timer], now + step.Ms);
                    model[step.Timer] = now + step.Ms;
                    break;
                case 2:
                    heap.Cancel(timers[step.Timer]);
                    model.Remove(step.Timer);
                    break;
                default:
                    now += step.Ms;
                    fired.Clear();
                    heap.Fire(now);
                    int[] due = [.. model.Where(entry => entry.Value <= now).Select(entry => entry.Key)];
                    Assert.Equal(due.Order(), fired.Order());
                    Assert.Equal(fired.Select(timer => model[timer]).Order(), fired.Select(timer => model[timer]));
                    Array.ForEach(due, timer => model.Remove(timer));
                    break;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? -1 : Math.Max(0, model.Values.Min() - now), heap.MillisecondsUntilNext(now));
            for (int i = 0; i < timers.Length; i++)
                Assert.Equal(model.ContainsKey(i), timers[i].IsScheduled);
        }
    }

    private sealed class ActionTimer(Action<long> action) : LoopTimer
    {
        public override void OnDue(long nowMs) => action(nowMs);
    }
}
