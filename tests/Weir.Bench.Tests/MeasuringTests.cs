using Xunit;

namespace Weir.Bench.Tests;

public class MeasuringTests
{
    [Theory]
    [InlineData(7, 4, 2, false)]
    [InlineData(1, 0, 0.1, true)]
    public void Validate_TakesWhatIsAMeasurementOrSaysThatItIsNone(int runs, double warmupSeconds, double seconds, bool quick) =>
        Measuring.Validate(runs, warmupSeconds, seconds, quick);

    [Theory]
    [InlineData(6, 4, 2, false)]
    [InlineData(7, 3.9, 2, false)]
    [InlineData(7, 4, 0, false)]
    [InlineData(0, 4, 2, true)]
    public void Validate_RefusesTheRest(int runs, double warmupSeconds, double seconds, bool quick) =>
        Assert.Throws<BenchException>(() => Measuring.Validate(runs, warmupSeconds, seconds, quick));

    [Fact]
    public void Order_TurnsAroundInEveryOtherRound()
    {
        string[] peers = ["a", "b", "c"];

        Assert.Equal(["a", "b", "c"], Measuring.Order(1, peers));
        Assert.Equal(["c", "b", "a"], Measuring.Order(2, peers));
        Assert.Equal(["a", "b", "c"], Measuring.Order(3, peers));
    }

    [Fact]
    public void SelectPeers_NamesThoseThatThereAre()
    {
        string[] all = ["c", "weir"];

        Assert.Same(all, SharedOptions.SelectPeers(all, name => name, names: null));
        Assert.Equal(["weir", "c"], SharedOptions.SelectPeers(all, name => name, "weir, c,weir"));
        BenchException error = Assert.Throws<BenchException>(() => SharedOptions.SelectPeers(all, name => name, "weir,d"));
        Assert.Contains("c, weir", error.Message, StringComparison.Ordinal);
    }
}
