using Xunit;

namespace Weir.Bench.Tests;

public class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5.0)]
    [InlineData(new[] { 4.0, 1.0, 3.0, 2.0 }, 2.5)]
    public void Median_IsTheMiddleOfTheSortedValues(double[] values, double expected) =>
        Assert.Equal(expected, Statistics.Median(values));

    [Fact]
    public void Median_OfNothing_IsAnError() => Assert.Throws<ArgumentException>(() => Statistics.Median([]));

    [Fact]
    public void Spread_HasLeastAndMost() => Assert.Equal(new Spread(Median: 2, Min: 1, Max: 9), Statistics.Of([9, 1, 2]));

    [Fact]
    public void PairedRatio_DividesWithinARound()
    {
        // The second round ran on a machine of half the speed. A ratio of the medians would not be 2.
        var numerators = new Dictionary<int, double> { [1] = 10, [2] = 20, [3] = 10 };
        var denominators = new Dictionary<int, double> { [3] = 5, [1] = 5, [2] = 10 };

        Assert.Equal(new Spread(Median: 2, Min: 2, Max: 2), Statistics.PairedRatio(numerators, denominators));
    }

    [Fact]
    public void PairedRatio_LeavesOutRoundsThatOnlyOneSideHas()
    {
        var numerators = new Dictionary<int, double> { [1] = 10, [2] = 99 };
        var denominators = new Dictionary<int, double> { [1] = 5, [3] = 1 };

        Assert.Equal(new Spread(Median: 2, Min: 2, Max: 2), Statistics.PairedRatio(numerators, denominators));
    }

    [Fact]
    public void PairedRatio_WithoutACommonRound_IsNull() =>
        Assert.Null(Statistics.PairedRatio(new Dictionary<int, double> { [1] = 1 }, new Dictionary<int, double> { [2] = 1 }));
}
