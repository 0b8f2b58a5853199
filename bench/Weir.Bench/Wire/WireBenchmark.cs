using Weir.Wire;

namespace Weir.Bench;

/// <summary>In each round a flow through a wire, and round trips with and without one; all within this process.</summary>
internal static class WireBenchmark
{
    // 160 ms: for so long one of several threads on two virtual cores may not run.
    private const int BufferedFrames = 32_768;

    // A sender that was held up itself says nothing about the wire.
    private const double LeastOfRate = 0.99;

    public static async Task<WireReport> RunAsync(WireBenchOptions options, CancellationToken cancel)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        await using var network = HostNetwork.Create();
        Host near = network.AddHost("near");
        Host far = network.AddHost("far");
        NetworkWire wire = network.Connect(near, "10.0.0.1/24", far, "10.0.0.2/24", new WireOptions { BufferedFrames = BufferedFrames });
        network.ConnectDirectly(near, "10.0.1.1/24", far, "10.0.1.2/24");

        var flows = new List<WireFlow>();
        var trips = new List<WireRoundTrips>();
        for (int round = 1; round <= options.Runs; round++)
        {
            cancel.ThrowIfCancellationRequested();
            Progress.Say($"round {round} of {options.Runs}");
            if (round == 1)
                await WireFlood.RunAsync(0, near, far, wire, options.Rate, options.WarmupSeconds);
            flows.Add(await WireFlood.RunAsync(round, near, far, wire, options.Rate, options.Seconds));
            trips.Add(await MeasureTripsAsync(round, near, far, options.RoundTrips));
        }

        Spread passed = Statistics.Of(flows.Select(flow => flow.SentPerSecond * flow.Received / flow.Sent));
        Spread lost = Statistics.Of(flows.Select(flow => 1 - ((double)flow.Received / flow.Sent)));
        Spread added = Statistics.Of(trips.Select(trip => trip.AddedUs));
        bool passes = passed.Median >= WireReport.BarPerSecond * LeastOfRate && lost.Median <= WireReport.BarLostFraction;
        return new WireReport(
            "wire",
            IsMeasurement: !options.Quick,
            startedAt,
            Command: $"weir bench {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
            await Machine.DescribeAsync(cancel),
            options,
            passed,
            lost,
            WireCpuFraction: Statistics.Of(flows.Select(flow => flow.WireCpuFraction)),
            added,
            PassesRate: options.Rate == WireReport.BarPerSecond ? passes : null,
            AddsLittle: added.Median <= WireReport.BarAddedUs,
            flows,
            trips);
    }

    private static async Task<WireRoundTrips> MeasureTripsAsync(int round, Host near, Host far, int count)
    {
        (double direct, double directP99) = await WirePingPong.RunAsync(near, "10.0.1.1", far, "10.0.1.2", count);
        (double wire, double wireP99) = await WirePingPong.RunAsync(near, "10.0.0.1", far, "10.0.0.2", count);
        return new WireRoundTrips(round, direct, directP99, wire, wireP99);
    }
}
