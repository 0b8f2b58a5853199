using Xunit;

namespace Weir.Bench.Tests;

public class EchoBarsTests
{
    private const int Connections = 50;

    private static readonly EchoOptions s_small =
        new([Connections], EchoOptions.DefaultSizeBytes, Runs: 7, WarmupSeconds: 4, Seconds: 2, UrlKind.Tcp, Quick: false);

    [Fact]
    public void Bar_IsMet_WhenTheMedianOfTheRoundsRatiosReachesIt()
    {
        EchoRun[] runs =
        [
            Run(1, PeerTable.CEpoll, cpuUs: 5), Run(1, PeerTable.WeirInline, cpuUs: 5.5),
            Run(2, PeerTable.CEpoll, cpuUs: 7), Run(2, PeerTable.WeirInline, cpuUs: 7),
            Run(3, PeerTable.CEpoll, cpuUs: 5), Run(3, PeerTable.WeirInline, cpuUs: 10),
        ];

        BarResult bar = Assert.Single(EchoBars.Judge(runs, s_small));

        Assert.Equal(new Spread(Median: 1.1, Min: 1, Max: 2), bar.Ratio);
        Assert.True(bar.IsMet);
    }

    [Fact]
    public void Bar_IsNotJudged_WhenAPeerDidNotRun() =>
        Assert.Empty(EchoBars.Judge([Run(1, PeerTable.WeirInline, cpuUs: 5)], s_small));

    // In the first round c-uring cost more; over the run it cost less.
    [Fact]
    public void BestOf_IsWhoHasTheLowerMedianOfTheRun()
    {
        EchoRun[] runs =
        [
            Run(1, PeerTable.CEpoll, cpuUs: 4), Run(1, PeerTable.CUring, cpuUs: 5), Run(1, PeerTable.WeirUring, cpuUs: 5),
            Run(2, PeerTable.CEpoll, cpuUs: 6), Run(2, PeerTable.CUring, cpuUs: 4), Run(2, PeerTable.WeirUring, cpuUs: 4),
            Run(3, PeerTable.CEpoll, cpuUs: 6), Run(3, PeerTable.CUring, cpuUs: 4), Run(3, PeerTable.WeirUring, cpuUs: 6),
        ];

        BarResult bar = Assert.Single(EchoBars.Judge(runs, s_small));

        Assert.Equal((PeerTable.WeirUring, PeerTable.CUring), (bar.Numerator, bar.Denominator));
        Assert.Equal([PeerTable.CEpoll, PeerTable.CUring], bar.BestOf);
        Assert.Equal(1, bar.Ratio.Median);
    }

    [Fact]
    public void BestOf_IsNotJudged_WhenOneOfThemDidNotRun() =>
        Assert.Empty(EchoBars.Judge([Run(1, PeerTable.CEpoll, cpuUs: 5), Run(1, PeerTable.WeirUring, cpuUs: 5)], s_small));

    [Theory]
    [InlineData(64, 16, false, Connections, 1.05)]
    [InlineData(64, 1, true, Connections, 1 / 0.95)]
    [InlineData(4096, 1, false, Connections, 1.05)]
    [InlineData(16384, 1, false, Connections, 1.05)]
    [InlineData(16384, 1, false, 1, 1.05)]
    public void EachKindOfMessage_HasItsBar(int sizeBytes, int pipeline, bool connect, int connections, double expected)
    {
        BarResult bar = Assert.Single(EchoBars.Judge(OneOfEach(connections), With(sizeBytes, pipeline, connect, connections)));

        Assert.Equal((PeerTable.WeirUring, expected), (bar.Numerator, bar.Bar));
        Assert.False(bar.IsMet);
    }

    [Theory]
    [InlineData(65, 1, false, Connections)]
    [InlineData(64, 8, false, Connections)]
    [InlineData(4096, 1, true, Connections)]
    [InlineData(4096, 1, false, 100)]
    public void OtherMessages_HaveNone(int sizeBytes, int pipeline, bool connect, int connections) =>
        Assert.Empty(EchoBars.Judge(OneOfEach(connections), With(sizeBytes, pipeline, connect, connections)));

    [Fact]
    public void UnixSockets_HaveNone() => Assert.Empty(EchoBars.Judge(OneOfEach(Connections), s_small with { UrlKind = UrlKind.Unix }));

    private static EchoOptions With(int sizeBytes, int pipeline, bool connect, int connections) =>
        s_small with { SizeBytes = sizeBytes, Pipeline = pipeline, Connect = connect, Connections = [connections] };

    private static EchoRun[] OneOfEach(int connections) =>
    [
        Run(1, PeerTable.CEpoll, 5, connections), Run(1, PeerTable.CUring, 5, connections),
        Run(1, PeerTable.WeirUring, 6, connections), Run(1, PeerTable.WeirInline, 5, connections),
    ];

    private static EchoRun Run(int round, string peer, double cpuUs, int connections = Connections)
    {
        var result = new LoadResult("epoll", connections, 64, 2, 2, 1, 1, 1, 1, 1, cpuUs, 1, 1, 1, 1);
        return new EchoRun(round, peer, connections, result);
    }
}
