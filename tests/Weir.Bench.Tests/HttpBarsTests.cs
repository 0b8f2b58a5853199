using Xunit;

namespace Weir.Bench.Tests;

public class HttpBarsTests
{
    [Fact]
    public void Judge_ComparesCpuPerRequest_RoundByRound()
    {
        HttpRun[] runs =
        [
            Run(1, HttpWorkloadTable.Plaintext, HttpPeerTable.WeirInline, cpuUs: 6),
            Run(1, HttpWorkloadTable.Plaintext, HttpPeerTable.Kestrel, cpuUs: 10),
            Run(2, HttpWorkloadTable.Plaintext, HttpPeerTable.WeirInline, cpuUs: 14),
            Run(2, HttpWorkloadTable.Plaintext, HttpPeerTable.Kestrel, cpuUs: 20),
            Run(3, HttpWorkloadTable.Plaintext, HttpPeerTable.WeirInline, cpuUs: 8),
            Run(3, HttpWorkloadTable.Plaintext, HttpPeerTable.Kestrel, cpuUs: 10),
        ];

        RatioBarResult bar = Assert.Single(HttpBars.Judge(runs, []));

        Assert.Equal((0.7, 0.6, 0.8), (bar.Ratio.Median, bar.Ratio.Min, bar.Ratio.Max));
        Assert.False(bar.IsMet);
    }

    [Theory]
    [InlineData(HttpWorkloadTable.Plaintext, HttpPeerTable.WeirInline, HttpPeerTable.Kestrel, 0.65)]
    [InlineData(HttpWorkloadTable.Plaintext, HttpPeerTable.WeirInline, HttpPeerTable.KestrelInline, 0.95)]
    [InlineData(HttpWorkloadTable.Plaintext, HttpPeerTable.WeirThreadPool, HttpPeerTable.Kestrel, 0.87)]
    [InlineData(HttpWorkloadTable.Upload, HttpPeerTable.WeirInline, HttpPeerTable.Kestrel, 1.03)]
    [InlineData(HttpWorkloadTable.Http2, HttpPeerTable.WeirThreadPool, HttpPeerTable.Kestrel, 1.03)]
    public void EachBar_IsMetUpToItsLimit(string workload, string numerator, string denominator, double limit)
    {
        bool? IsMet(double cpuUs) => Assert.Single(HttpBars.Judge(
            [Run(1, workload, numerator, cpuUs), Run(1, workload, denominator, cpuUs: 1)], [])).IsMet;

        Assert.True(IsMet(limit));
        Assert.False(IsMet(limit + 0.01));
    }

    [Fact]
    public void EveryWorkload_HasABarForBothSchedulings()
    {
        string[] peers = [HttpPeerTable.WeirInline, HttpPeerTable.WeirThreadPool, HttpPeerTable.Kestrel];
        HttpRun[] runs = [.. HttpWorkloadTable.All.SelectMany(workload => peers.Select(peer => Run(1, workload.Name, peer)))];
        HttpIdleRun[] idleRuns = [.. peers.Select(peer => Idle(peer, bytesPerConnection: 1000))];

        IEnumerable<(string, string)> judged = HttpBars.Judge(runs, idleRuns).Select(bar => (bar.What, bar.Numerator));

        Assert.Equal(
            HttpWorkloadTable.Names.SelectMany(workload => peers[..2].Select(peer => (workload, peer))).Order(), judged.Order());
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    public void IdleMemory_HasToBeBelowTheDefaults(long bytesPerConnection, bool isMet) =>
        Assert.Equal(isMet, Assert.Single(HttpBars.Judge(
            [], [Idle(HttpPeerTable.WeirThreadPool, bytesPerConnection), Idle(HttpPeerTable.Kestrel, bytesPerConnection: 1000)])).IsMet);

    [Fact]
    public void Bars_AreNotJudged_WhenTheDefaultDidNotRun() =>
        Assert.Empty(HttpBars.Judge(
            [Run(1, HttpWorkloadTable.Https, HttpPeerTable.WeirInline), Run(1, HttpWorkloadTable.Https, HttpPeerTable.Nginx)],
            [Idle(HttpPeerTable.WeirInline, bytesPerConnection: 1)]));

    private static HttpRun Run(int round, string workload, string peer, double cpuUs = 1) =>
        new(round, workload, peer, new HttpResult(3, 1, 1, 1, 1, cpuUs, 1, 1, 1));

    private static HttpIdleRun Idle(string peer, long bytesPerConnection) => new(1, IdleSlope.From(
        peer, [new IdleStep(100, Settled: true, 50_000, 50_000), new IdleStep(200, Settled: true, 50_000 + (100 * bytesPerConnection), 0)]));
}
