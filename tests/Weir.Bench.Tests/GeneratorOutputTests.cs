using Xunit;

namespace Weir.Bench.Tests;

public class GeneratorOutputTests
{
    private const string H2LoadReport = """
        progress: 100% of clients started
        Main benchmark duration is over for thread #0. Stopping all clients.

        finished in 2.00s, 59196.00 req/s, 4.52MB/s
        requests: 118392 total, 118492 started, 118392 done, 118392 succeeded, 0 failed, 0 errored, 0 timeout
        status codes: 118392 2xx, 0 3xx, 0 4xx, 0 5xx
        traffic: 9.03MB (9471409) total, 5.53MB (5801208) headers (space savings 50.51%), 1.47MB (1539096) data
                             min         max         mean         sd        +/- sd
        time for request:       68us     76.93ms      1.66ms      3.23ms    94.56%

        """;

    [Fact]
    public void H2LoadReport_IsRead()
    {
        GeneratorCount count = H2LoadOutput.Parse(H2LoadReport);

        Assert.Equal((118392, 1539096), (count.Requests, count.AnswerBytes));
        Assert.Equal(2, count.Seconds, precision: 6);
        Assert.Null(count.P50Us);
    }

    [Theory]
    [InlineData("0 failed", "2 failed")]
    [InlineData("0 timeout", "1 timeout")]
    [InlineData("118392 2xx, 0 3xx, 0 4xx", "118391 2xx, 0 3xx, 1 4xx")]
    [InlineData("118392 succeeded", "0 succeeded")]
    [InlineData("traffic:", "something else:")]
    public void H2LoadReport_WithAnythingWrong_EndsTheBenchmark(string part, string wrong)
    {
        BenchException error = Assert.Throws<BenchException>(
            () => H2LoadOutput.Parse(H2LoadReport.Replace(part, wrong, StringComparison.Ordinal)));

        Assert.Equal(BenchException.Wrong, error.ExitCode);
    }

    [Fact]
    public void WrkTotals_AreRead() => Assert.Equal(
        new GeneratorCount(3.000117, 290_041, 38_285_412, P50Us: 599, P99Us: 2030),
        WrkOutput.Parse(WrkLine(requests: 290_041, p99Us: 2030)));

    [Fact]
    public void WrkPercentile_ThatItLost_IsUnknown() => Assert.Null(WrkOutput.Parse(WrkLine(requests: 1, p99Us: 0)).P99Us);

    [Theory]
    [InlineData("readErrors", "1 read")]
    [InlineData("statusErrors", "1 status")]
    [InlineData("timeouts", "1 timeout")]
    public void WrkErrors_EndTheBenchmark(string key, string told)
    {
        string line = WrkLine(requests: 5).Replace($"\"{key}\":0", $"\"{key}\":1", StringComparison.Ordinal);

        BenchException error = Assert.Throws<BenchException>(() => WrkOutput.Parse(line));

        Assert.Equal(BenchException.Wrong, error.ExitCode);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrkWithoutAnAnswer_EndsTheBenchmark() =>
        Assert.Equal(BenchException.Wrong, Assert.Throws<BenchException>(() => WrkOutput.Parse(WrkLine(requests: 0))).ExitCode);

    private static string WrkLine(long requests, int p99Us = 1) =>
        $$"""
        {"seconds":3.000117,"requests":{{requests}},"bytes":38285412,"p50Us":599,"p99Us":{{p99Us}},"connectErrors":0,"readErrors":0,"writeErrors":0,"statusErrors":0,"timeouts":0}
        """;
}
