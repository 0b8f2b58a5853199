namespace Weir.Bench;

internal sealed record EchoOptions(
    IReadOnlyList<int> Connections, int SizeBytes, int Runs, double WarmupSeconds, double Seconds, UrlKind UrlKind, bool Quick)
{
    public const int DefaultSizeBytes = 64;

    // The buffer of the C and Weir peers. A message that needs two sends meets Nagle's algorithm and delayed
    // acknowledgements, and then those are what is measured.
    public const int LargestComparableSizeBytes = 16 * 1024;

    // A process that is warm already only has to fill its connections.
    private const double NextCountWarmupSeconds = 1;

    /// <summary>Messages in flight on each connection.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>A connection for each message.</summary>
    public bool Connect { get; init; }

    /// <summary>What a peer has to take and answer at once.</summary>
    public int FlightBytes => SizeBytes * Pipeline;

    /// <summary>One server process serves all connection counts of a round; the first count warms it up.</summary>
    public double WarmupSecondsAt(int connections) =>
        connections == Connections[0] ? WarmupSeconds : Math.Min(WarmupSeconds, NextCountWarmupSeconds);

    public void Validate()
    {
        if (Connections.Count == 0 || Connections.Any(count => count < 1))
            throw new BenchException("--connections: expected numbers above zero, separated by commas");
        if (Pipeline < 1 || (Connect && Pipeline > 1))
            throw new BenchException($"--pipeline {Pipeline}: from 1, and 1 with --connect");
        if (SizeBytes < 1 || (long)SizeBytes * Pipeline > LargestComparableSizeBytes)
        {
            throw new BenchException(
                $"--size {SizeBytes}, --pipeline {Pipeline}: from 1 to {LargestComparableSizeBytes} bytes in flight, the buffer of the C and Weir peers");
        }

        Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
    }
}
