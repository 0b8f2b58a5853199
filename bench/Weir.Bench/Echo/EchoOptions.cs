namespace Weir.Bench;

internal sealed record EchoOptions(
    IReadOnlyList<int> Connections, int SizeBytes, int Runs, double WarmupSeconds, double Seconds, UrlKind UrlKind, bool Quick)
{
    public const int DefaultSizeBytes = 64;

    // A process that is warm already only has to fill its connections.
    private const double NextCountWarmupSeconds = 1;

    // The smallest buffer among the peers. A message that needs two sends meets Nagle's algorithm and delayed
    // acknowledgements, and then those are what is measured.
    public const int LargestComparableSizeBytes = 4096;

    /// <summary>The bars were set for small messages over TCP.</summary>
    public bool IsWhatBarsAreFor => UrlKind == UrlKind.Tcp && SizeBytes == DefaultSizeBytes;

    /// <summary>One server process serves all connection counts of a round; the first count warms it up.</summary>
    public double WarmupSecondsAt(int connections) =>
        connections == Connections[0] ? WarmupSeconds : Math.Min(WarmupSeconds, NextCountWarmupSeconds);

    public void Validate()
    {
        if (Connections.Count == 0 || Connections.Any(count => count < 1))
            throw new BenchException("--connections: expected numbers above zero, separated by commas");
        if (SizeBytes is < 1 or > LargestComparableSizeBytes)
            throw new BenchException($"--size {SizeBytes}: from 1 to {LargestComparableSizeBytes}, the smallest buffer of a peer");
        Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
    }
}
