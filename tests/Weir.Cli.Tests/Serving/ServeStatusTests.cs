using Weir.Cli.Serving;
using Xunit;

namespace Weir.Cli.Tests.Serving;

public sealed class ServeStatusTests
{
    [Fact]
    public void Rates_ArePerSecondSinceTheMomentBefore()
    {
        long start = TimeProvider.System.GetTimestamp();
        var first = new ServeStatus(new ServerStatistics { Accepted = 10, ReceivedBytes = 1000, SentBytes = 500 }, start);

        ServeStatus next = first.Next(
            new ServerStatistics { Accepted = 14, ReceivedBytes = 3000, SentBytes = 500, Connections = 3 },
            start + (2 * TimeProvider.System.TimestampFrequency));

        Assert.Equal(2, next.AcceptedPerSecond, tolerance: 0.001);
        Assert.Equal(1000, next.ReceivedBytesPerSecond, tolerance: 0.001);
        Assert.Equal(0, next.SentBytesPerSecond, tolerance: 0.001);
        Assert.Equal(3, next.Totals.Connections);
    }

    [Fact]
    public void ARate_WithoutTimeBetween_IsZeroAndNoNumberTooLargeForJson()
    {
        var first = new ServeStatus(default, Timestamp: 5);
        ServeStatus same = first.Next(new ServerStatistics { Accepted = 1 }, timestamp: 5);
        Assert.Equal(0, same.AcceptedPerSecond);
    }

    [Theory]
    [InlineData(0, "1 connection (+0/s)   in 0 B/s   out 0 B/s   buffered 0 B")]
    [InlineData(58, "1 connection (+0/s)   in 0 B/s   out 0 B/s   buffered 0 B")]
    [InlineData(57, "1 connection (+0/s)   in 0 B/s   out 0 B/s   buffered 0 ")]
    [InlineData(13, "1 connection")]
    [InlineData(1, "")]
    public void TheLine_LeavesOneColumnOfTheWindowFree(int windowWidth, string line) =>
        Assert.Equal(line, new ServeStatus(new ServerStatistics { Connections = 1 }, Timestamp: 0).Describe(windowWidth));
}
