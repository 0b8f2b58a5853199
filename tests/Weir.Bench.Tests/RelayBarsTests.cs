using Xunit;

namespace Weir.Bench.Tests;

public class RelayBarsTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void Judge_ComparesWithEveryPeerThatRan()
    {
        RelayRun[] runs =
        [
            Run(1, RelayPeerTable.Weir, cpuPerGib: 4, gibPerSecond: 2, cpuPerRequest: 11),
            Run(1, RelayPeerTable.Haproxy, cpuPerGib: 5, gibPerSecond: 1, cpuPerRequest: 10),
            Run(1, RelayPeerTable.Socat, cpuPerGib: 4, gibPerSecond: 3, cpuPerRequest: 99),
        ];

        IReadOnlyList<RatioBarResult> bars = RelayBars.Judge(runs);

        Assert.Equal(
            [
                ("CPU per GiB", RelayPeerTable.Haproxy, 0.8, (bool?)true), ("CPU per GiB", RelayPeerTable.Socat, 1.0, false),
                ("GiB/s", RelayPeerTable.Haproxy, 2.0, true), ("GiB/s", RelayPeerTable.Socat, 2.0 / 3, false),
                ("CPU per request", RelayPeerTable.Haproxy, 1.1, true),
            ],
            bars.Select(bar => (bar.What, bar.Denominator, bar.Ratio.Median, bar.IsMet)));
    }

    [Fact]
    public void Throughput_IsNotJudged_WhenSomethingElseRan_ButCpuIs()
    {
        RelayRun[] runs = [Run(1, RelayPeerTable.Weir), Run(1, RelayPeerTable.Haproxy, busyFraction: 0.3)];

        IReadOnlyList<RatioBarResult> bars = RelayBars.Judge(runs);

        Assert.Null(bars.Single(bar => bar.What == "GiB/s").IsMet);
        Assert.All(bars.Where(bar => bar.What != "GiB/s"), bar => Assert.NotNull(bar.IsMet));
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Memory_IsJudgedByTheWorstRound(int worstMebibytes, bool isMet)
    {
        RelayRun[] runs =
        [
            Run(1, RelayPeerTable.Weir, growthBytes: 1 * Mebibyte),
            Run(2, RelayPeerTable.Weir, growthBytes: worstMebibytes * Mebibyte),
            Run(3, RelayPeerTable.Haproxy, growthBytes: 500 * Mebibyte),
        ];

        Assert.Equal(isMet, RelayBars.JudgeMemory(runs)!.IsMet);
    }

    [Fact]
    public void Memory_IsNotJudged_WhenWeirDidNotRun() => Assert.Null(RelayBars.JudgeMemory([Run(1, RelayPeerTable.Haproxy)]));

    private static RelayRun Run(
        int round, string peer, double cpuPerGib = 1, double gibPerSecond = 1, double cpuPerRequest = 1, long growthBytes = 0,
        double busyFraction = 1) => new(
        round,
        peer,
        new BulkResult(1, 4, 1, gibPerSecond, cpuPerGib, busyFraction, 1, busyFraction, 1),
        new LoadResult("epoll", 100, 64, 2, 2, 1, 1, 1, 1, 1, cpuPerRequest, 1, 1, 1, 1),
        new StallResult(1, 1, 1, 1, growthBytes));
}
