using System.Diagnostics;
using Xunit;

namespace Weir.Wire.Tests.Wires;

public sealed class RateQueueTests
{
    private static readonly long s_millisecond = Stopwatch.Frequency / 1000;

    // 1000 bytes take a millisecond.
    private static readonly WireConditions s_conditions = new() { RateBitsPerSecond = 8_000_000, QueueFrames = 3 };

    [Fact]
    public void Frames_LeaveOneAfterTheOther()
    {
        var queue = new RateQueue();

        Assert.Equal([s_millisecond, 2 * s_millisecond, 3 * s_millisecond], Enumerable.Range(0, 3).Select(_ => queue.Enter(s_conditions, 1000, now: 0)!.Value));
    }

    [Fact]
    public void FullQueue_DropsAtItsTail_UntilOneHasLeft()
    {
        var queue = new RateQueue();
        for (int i = 0; i < 3; i++)
            queue.Enter(s_conditions, 1000, now: 0);

        Assert.Null(queue.Enter(s_conditions, 1000, now: 0));
        Assert.Equal(4 * s_millisecond, queue.Enter(s_conditions, 1000, now: s_millisecond));
    }

    [Fact]
    public void BitPerSecond_FillsTheQueue_BeforeItsTimesAreTooLong()
    {
        var queue = new RateQueue();
        WireConditions slowest = s_conditions with { RateBitsPerSecond = 1, QueueFrames = int.MaxValue };

        // Six days each.
        long?[] sent = [.. Enumerable.Range(0, 20_000).Select(_ => queue.Enter(slowest, ushort.MaxValue, now: 0))];

        Assert.Equal(60, sent.Count(each => each > 0));
        Assert.DoesNotContain(sent, each => each < 0);
    }

    [Fact]
    public void QueueOfBytes_CountsBytes()
    {
        var queue = new RateQueue();
        WireConditions conditions = s_conditions with { QueueBytes = 1500, QueueFrames = 100 };
        queue.Enter(conditions, 1000, now: 0);

        Assert.Null(queue.Enter(conditions, 501, now: 0));
        Assert.NotNull(queue.Enter(conditions, 500, now: 0));
    }
}
