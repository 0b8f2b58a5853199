namespace Weir.Bench;

/// <summary>All that a run of the benchmark found. This is the object that --json prints.</summary>
internal sealed record UdpReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    Pinning Pinning,
    UdpOptions Options,
    IReadOnlyList<UdpPeerEntry> Peers,
    IReadOnlyList<UdpSummary> Summary,
    IReadOnlyList<RatioBarResult> Bars,
    IReadOnlyList<UdpRun> Runs);

internal sealed record UdpPeerEntry(string Name, bool Offload, string Description, string Command);

/// <summary>One run of one peer, as measured.</summary>
internal sealed record UdpRun(int Round, string Peer, bool Offload, UdpReceived Received, UdpSent Sent)
{
    public double DatagramsPerSecond => Received.ReceivedDatagrams / Received.WindowSeconds;

    public double OfferedPerSecond => (Received.ReceivedDatagrams + Received.LostDatagrams) / Received.WindowSeconds;

    public double ReceiverCpuNsPerDatagram => Received.CpuSeconds * 1e9 / Math.Max(1, Received.ReceivedDatagrams);

    public double SenderCpuNsPerDatagram => Sent.CpuSeconds * 1e9 / Math.Max(1, Sent.SentDatagrams);

    public double LostFraction => (double)Received.LostDatagrams / Math.Max(1, Received.LostDatagrams + Received.ReceivedDatagrams);
}

/// <summary>One line of a table.</summary>
internal sealed record UdpSummary(
    string Peer,
    bool Offload,
    Spread DatagramsPerSecond,
    Spread OfferedPerSecond,
    Spread LostFraction,
    Spread KernelDrops,
    Spread SenderCpuNsPerDatagram,
    Spread ReceiverCpuNsPerDatagram,
    Spread ReceiverCpuFraction,
    Spread SenderCpuFraction,
    int? ReceiveBufferBytes,
    Spread? RatioToC,
    Spread? RatioToSocket)
{
    // A sender never waits, so on a CPU of its own it has nearly all of it.
    private const double LeastSenderCpuFraction = 0.9;

    /// <summary>
    /// Something else ran on the sender's CPU. Rates are then shares of that CPU, and the scheduler gives more of it to programs whose threads
    /// wake each other: they say nothing about what a datagram costs.
    /// </summary>
    public bool IsDisturbed => SenderCpuFraction.Min < LeastSenderCpuFraction;

    /// <summary>The kernel says that it dropped nothing, and yet datagrams are missing.</summary>
    public bool HasUnexplainedLoss => LostFraction.Max > 0 && KernelDrops.Max == 0;
}

internal static class UdpSummaries
{
    public static IReadOnlyList<UdpSummary> From(IReadOnlyList<UdpRun> runs) =>
        [.. runs.GroupBy(run => (run.Peer, run.Offload)).Select(group => Summarize(runs, [.. group]))];

    /// <summary>What arrives with one peer over another's, round by round. Null when one of them did not run.</summary>
    public static Spread? Ratio(IReadOnlyList<UdpRun> runs, (string Peer, bool Offload) numerator, (string Peer, bool Offload) denominator)
    {
        Dictionary<int, double> Of((string Peer, bool Offload) lane) =>
            runs.Where(run => (run.Peer, run.Offload) == lane).ToDictionary(run => run.Round, run => run.DatagramsPerSecond);

        return Statistics.PairedRatio(Of(numerator), Of(denominator));
    }

    private static UdpSummary Summarize(IReadOnlyList<UdpRun> runs, UdpRun[] own)
    {
        Spread Over(Func<UdpRun, double> value) => Statistics.Of(own.Select(value));
        (string Peer, bool Offload) lane = (own[0].Peer, own[0].Offload);

        return new UdpSummary(
            lane.Peer,
            lane.Offload,
            DatagramsPerSecond: Over(run => run.DatagramsPerSecond),
            OfferedPerSecond: Over(run => run.OfferedPerSecond),
            LostFraction: Over(run => run.LostFraction),
            KernelDrops: Over(run => run.Received.KernelDrops),
            SenderCpuNsPerDatagram: Over(run => run.SenderCpuNsPerDatagram),
            ReceiverCpuNsPerDatagram: Over(run => run.ReceiverCpuNsPerDatagram),
            ReceiverCpuFraction: Over(run => run.Received.CpuSeconds / run.Received.WindowSeconds),
            SenderCpuFraction: Over(run => run.Sent.CpuSeconds / run.Sent.Seconds),
            own[0].Received.ReceiveBufferBytes,
            RatioToC: Ratio(runs, lane, (UdpPeerTable.C, lane.Offload)),
            RatioToSocket: Ratio(runs, lane, (UdpPeerTable.Socket, Offload: false)));
    }
}
