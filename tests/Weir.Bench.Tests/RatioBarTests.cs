using Xunit;

namespace Weir.Bench.Tests;

public class RatioBarTests
{
    [Theory]
    [InlineData(0.95, true)]
    [InlineData(0.94, false)]
    public void AtLeast_IsMet_WhenTheMedianReachesIt(double median, bool isMet) => Assert.Equal(isMet, IsMet(BarKind.AtLeast, 0.95, median));

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.91, false)]
    public void AtMost_IsMet_WhenTheMedianDoesNotPassIt(double median, bool isMet) => Assert.Equal(isMet, IsMet(BarKind.AtMost, 0.9, median));

    [Fact]
    public void Bar_IsNotJudged_WithoutARatio() => Assert.Null(new RatioBar("GiB/s", "a", "b", BarKind.AtLeast, 1).Judge(null));

    [Fact]
    public void Bar_IsNotJudged_WhenSomethingElseDecidedTheRatio()
    {
        RatioBarResult result = new RatioBar("GiB/s", "a", "b", BarKind.AtLeast, 1).Judge(new Spread(3, 3, 3), "something else ran")!;

        Assert.Null(result.IsMet);
        Assert.Equal("something else ran", result.NotJudgedBecause);
        using var output = new StringWriter();
        RatioBarText.Write([result], isMeasurement: true, output);
        Assert.EndsWith(": not judged, something else ran\n", output.ToString(), StringComparison.Ordinal);
    }

    private static bool? IsMet(BarKind kind, double limit, double median) =>
        new RatioBar("GiB/s", "a", "b", kind, limit).Judge(new Spread(median, Min: 0, Max: 99))!.IsMet;
}
