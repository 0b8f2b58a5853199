using Xunit;

namespace Weir.Bench.Tests;

public class EchoBarsTests
{
    private const int Connections = 50;

    [Fact]
    public void Bar_IsMet_WhenTheMedianOfTheRoundsRatiosReachesIt()
    {
        EchoRun[] runs =
        [
            Run(1, PeerTable.CEpoll, cpuUs: 5), Run(1, PeerTable.WeirInline, cpuUs: 5.5),
            Run(2, PeerTable.CEpoll, cpuUs: 7), Run(2, PeerTable.WeirInline, cpuUs: 7),
            Run(3, PeerTable.CEpoll, cpuUs: 5), Run(3, PeerTable.WeirInline, cpuUs: 10),
        ];

        BarResult bar = Assert.Single(EchoBars.Judge(runs, [Connections]));

        Assert.Equal(new Spread(Median: 1.1, Min: 1, Max: 2), bar.Ratio);
        Assert.True(bar.IsMet);
    }

    [Fact]
    public void Bar_IsNotJudged_WhenAPeerDidNotRun() =>
        Assert.Empty(EchoBars.Judge([Run(1, PeerTable.WeirInline, cpuUs: 5)], [Connections]));

    private static EchoRun Run(int round, string peer, double cpuUs)
    {
        var result = new LoadResult("epoll", Connections, 64, 2, 2, 1, 1, 1, 1, 1, cpuUs, 1, 1, 1, 1);
        return new EchoRun(round, peer, Connections, result);
    }
}
