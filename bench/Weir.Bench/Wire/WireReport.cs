namespace Weir.Bench;

internal sealed record WireBenchOptions(int Rate, int RoundTrips, int Runs, double WarmupSeconds, double Seconds, bool Quick)
{
    public const int FrameBytes = 64;

    public void Validate()
    {
        Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
        if (Rate is < 1000 or > 10_000_000)
            throw new BenchException($"--rate {Rate}: expected 1,000 to 10,000,000");
    }
}

/// <summary>One flow through a wire, of frames at an even rate.</summary>
/// <param name="Missed">Frames that the kernel could not give to the wire.</param>
/// <param name="Left">Frames that the wire passed on.</param>
/// <param name="Received">Datagrams that the receiver got; fewer when its own buffer was full.</param>
/// <param name="WireCpuFraction">Of one core, of the wire's thread.</param>
internal sealed record WireFlow(int Round, double SentPerSecond, long Sent, long Missed, long Left, long Received, double WireCpuFraction);

/// <summary>Round trips of a datagram between two hosts, in microseconds.</summary>
internal sealed record WireRoundTrips(int Round, double DirectUs, double DirectP99Us, double WireUs, double WireP99Us)
{
    public double AddedUs => WireUs - DirectUs;
}

/// <summary>All that a run found. This is the object that --json prints.</summary>
internal sealed record WireReport(
    string Benchmark,
    bool IsMeasurement,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    WireBenchOptions Options,
    Spread PassedPerSecond,
    Spread LostFraction,
    Spread WireCpuFraction,
    Spread AddedUs,
    bool? PassesRate,
    bool? AddsLittle,
    IReadOnlyList<WireFlow> Flows,
    IReadOnlyList<WireRoundTrips> RoundTrips)
{
    // Fixed before any tuning; they don't move.
    public const int BarPerSecond = 200_000;
    public const double BarAddedUs = 100;
    public const double BarLostFraction = 0.001;
}
