using System.Diagnostics;
using Xunit;

namespace Weir.Wire.Tests.Wires;

/// <summary>Order and times, on a clock that the tests make: it counts milliseconds.</summary>
public sealed class FramesUnderwayTests
{
    private static readonly WireConditions s_delayed = new() { Delay = TimeSpan.FromMilliseconds(10) };
    private static readonly WireConditions s_reordered = new()
    {
        ReorderingProbability = 1,
        ReorderingDistance = 2,
        ReorderingTimeout = TimeSpan.FromMilliseconds(5),
    };

    private readonly FramesUnderway _underway = new(new WireChance(seed: 1, direction: 1));
    private readonly List<string> _left = [];
    private int _number;

    [Fact]
    public void DelayTakenBack_LetsNobodyOvertake()
    {
        Enter(s_delayed, at: 0);
        Assert.False(_underway.IsClear(Ticks(5)));
        Enter(WireConditions.None, at: 5);
        // The first is due, and has not been taken up yet.
        Assert.False(_underway.IsClear(Ticks(10)));
        Enter(WireConditions.None, at: 10);

        Assert.Empty(Take(until: 9));
        Assert.Equal(["1 at 10", "2 at 10", "3 at 10"], Take(until: 10));
        Assert.True(_underway.IsClear(Ticks(10)));
    }

    [Fact]
    public void ShorterDelay_LetsNobodyOvertake()
    {
        Enter(s_delayed, at: 0);
        Enter(s_delayed with { Delay = TimeSpan.FromMilliseconds(1) }, at: 2);
        Enter(s_delayed with { Delay = TimeSpan.FromMilliseconds(1) }, at: 15);

        Assert.Equal(["1 at 10", "2 at 10", "3 at 16"], Take(until: 20));
    }

    [Fact]
    public void Jitter_KeepsTheOrder()
    {
        for (int at = 0; at < 100; at++)
            Enter(s_delayed with { Jitter = TimeSpan.FromMilliseconds(9) }, at);

        Assert.Equal(Enumerable.Range(1, 100), Take(until: 200).Select(text => int.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Reordered_TakesItsDelay_BehindThoseThatOvertakeIt()
    {
        Enter(s_reordered with { Delay = s_delayed.Delay }, at: 0);
        for (int at = 1; at <= 3; at++)
            Enter(s_delayed, at);

        Assert.Equal(["2 at 11", "3 at 12", "1 at 12", "4 at 13"], Take(until: 20));
    }

    [Fact]
    public void Reordered_WithNothingBehind_TakesItsDelayAndTheTimeout()
    {
        Enter(s_reordered with { Delay = s_delayed.Delay }, at: 0);

        Assert.Equal(["1 at 15"], Take(until: 20));
    }

    [Fact]
    public void Reordered_WhenTheDelayIsTakenBack_IsNotFasterThanItWouldHaveBeen()
    {
        Enter(s_reordered with { Delay = s_delayed.Delay }, at: 0);
        for (int at = 1; at <= 3; at++)
            Enter(WireConditions.None, at);

        Assert.Equal(["2 at 1", "3 at 2", "1 at 10", "4 at 10"], Take(until: 20));
    }

    [Fact]
    public void Reordered_TakesItsTimeOnTheLine()
    {
        // 1000 bytes take a millisecond.
        var slow = new WireConditions { RateBitsPerSecond = 8_000_000 };
        Enter(s_reordered with { RateBitsPerSecond = slow.RateBitsPerSecond }, at: 0);
        for (int i = 0; i < 3; i++)
            Enter(slow, at: 0);

        Assert.Equal(["2 at 2", "3 at 3", "1 at 3", "4 at 4"], Take(until: 20));
    }

    [Fact]
    public void EveryFrameReordered_PassesWithinItsLimits()
    {
        for (int at = 0; at < 20; at++)
            Enter(s_reordered, at);

        Assert.Equal(20, Take(until: 100).Distinct().Count());
        Assert.Equal(long.MaxValue, _underway.NextDue);
    }

    [Fact]
    public void WhatARuleDelays_IsOvertaken_AndDelaysNobodyElse()
    {
        var frame = new WireFrame(++_number, new byte[1000], arrivedAt: 0) { ExtraDelay = TimeSpan.FromMilliseconds(7) };
        Assert.Null(_underway.Enter(frame, WireConditions.None, 0));

        Assert.True(_underway.IsClear(Ticks(1)));
        Enter(WireConditions.None, at: 2);

        Assert.Equal(["2 at 2", "1 at 7"], Take(until: 20));
    }

    private static long Ticks(int milliseconds) => milliseconds * Stopwatch.Frequency / 1000;

    private void Enter(WireConditions conditions, int at)
    {
        Assert.Null(_underway.Enter(new WireFrame(++_number, new byte[1000], Ticks(at)), conditions, Ticks(at)));
    }

    /// <summary>Looks once a millisecond, as far as that has not been done.</summary>
    private List<string> Take(int until)
    {
        for (int now = 0; now <= until; now++)
        {
            while (_underway.TryTake(Ticks(now), out WireFrame? frame))
                _left.Add($"{frame!.Number} at {now}");
        }

        return _left;
    }
}
