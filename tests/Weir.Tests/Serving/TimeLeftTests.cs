using Xunit;

namespace Weir.Tests.Serving;

public sealed class TimeLeftTests
{
    [Theory]
    [InlineData(10, 0, 10)]
    [InlineData(10, 4, 6)]
    [InlineData(10, 10, 0)]
    [InlineData(10, 11, 0)]
    [InlineData(0, 1, 0)]
    public void WhatIsLeft_IsNeverLessThanNothing(int limit, int elapsed, int left) =>
        Assert.Equal(TimeSpan.FromSeconds(left), TimeLeft.Of(TimeSpan.FromSeconds(limit), TimeSpan.FromSeconds(elapsed)));

    [Fact]
    public void OfNoLimit_NothingIsUsedUp()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, TimeLeft.Of(Timeout.InfiniteTimeSpan, TimeSpan.FromDays(1)));
        Assert.Equal(Timeout.InfiniteTimeSpan, TimeLeft.Since(start: 0, Timeout.InfiniteTimeSpan));
    }
}
