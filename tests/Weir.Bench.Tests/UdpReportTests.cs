using Xunit;

namespace Weir.Bench.Tests;

public class UdpReportTests
{
    [Fact]
    public void Rate_IsWhatWasReceived()
    {
        UdpRun run = Run(1, UdpPeerTable.C, offload: false, received: 300, lost: 100);

        Assert.Equal(150, run.DatagramsPerSecond);
        Assert.Equal(0.25, run.LostFraction);
    }

    [Fact]
    public void Offload_IsComparedWithCThatHasItAndWithSocketThatHasNot()
    {
        UdpRun[] runs =
        [
            Run(1, UdpPeerTable.C, offload: false, received: 100), Run(1, UdpPeerTable.C, offload: true, received: 2000),
            Run(1, UdpPeerTable.Socket, offload: false, received: 90),
            Run(1, UdpPeerTable.Weir, offload: false, received: 99), Run(1, UdpPeerTable.Weir, offload: true, received: 1800),
        ];

        Assert.Equal(
            [
                ("datagrams/s", UdpPeerTable.Socket, 1.1, false), ("datagrams/s", UdpPeerTable.C, 0.99, true),
                ("datagrams/s with offload", UdpPeerTable.Socket, 20.0, true), ("datagrams/s with offload", UdpPeerTable.C, 0.9, false),
            ],
            UdpBars.Judge(runs).Select(bar => (bar.What, bar.Denominator, bar.Ratio.Median, bar.IsMet)));
        UdpSummary summary = UdpSummaries.From(runs).Single(line => line is { Peer: UdpPeerTable.Weir, Offload: true });
        Assert.Equal(0.9, summary.RatioToC!.Median);
        Assert.Equal(20, summary.RatioToSocket!.Median);
    }

    // As measured beside builds: 3.25 times C's rate, at twice C's CPU time for each datagram.
    [Fact]
    public void Bars_AreNotJudged_WhenASenderHadToShareItsCpu()
    {
        UdpRun[] runs =
        [
            Run(1, UdpPeerTable.C, offload: false, received: 43, senderCpuSeconds: 0.6),
            Run(1, UdpPeerTable.Weir, offload: false, received: 139, senderCpuSeconds: 2),
        ];

        RatioBarResult bar = Assert.Single(UdpBars.Judge(runs));

        Assert.Null(bar.IsMet);
        Assert.Contains("the sender of c had only 30", bar.NotJudgedBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_IsExplainedByTheKernelOrNoted()
    {
        UdpSummary Summary(long lost, long drops) => UdpSummaries.From([Run(1, UdpPeerTable.C, offload: false, received: 5, lost, drops)])[0];

        Assert.False(Summary(lost: 0, drops: 0).HasUnexplainedLoss);
        Assert.False(Summary(lost: 64, drops: 1).HasUnexplainedLoss);
        Assert.True(Summary(lost: 1, drops: 0).HasUnexplainedLoss);
    }

    [Fact]
    public void LanesOfOffload_HaveSocketWithoutItToCompareWith()
    {
        string[] Lanes(UdpOffload offload) =>
            [.. UdpPeerTable.LanesOf(UdpPeerTable.All, offload).Select(lane => UdpText.NameOf(lane.Peer.Name, lane.Offload))];

        Assert.Contains("socket", Lanes(UdpOffload.On));
        Assert.DoesNotContain("c", Lanes(UdpOffload.On));
        Assert.Contains("c with offload", Lanes(UdpOffload.On));
        Assert.DoesNotContain("c with offload", Lanes(UdpOffload.Off));
        Assert.Equal(Lanes(UdpOffload.On).Union(Lanes(UdpOffload.Off)).Order(), Lanes(UdpOffload.Both).Order());
    }

    private static UdpRun Run(int round, string peer, bool offload, long received, long lost = 0, long drops = 0, double senderCpuSeconds = 2) => new(
        round,
        peer,
        offload,
        new UdpReceived(received, WindowSeconds: 2, CpuSeconds: 1, lost, drops, SequenceErrors: 0, ReceiveBufferBytes: 425_984),
        new UdpSent(received + lost, Seconds: 2, senderCpuSeconds));
}
