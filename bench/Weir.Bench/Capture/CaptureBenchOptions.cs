namespace Weir.Bench;

/// <summary>What the benchmark of captures does.</summary>
/// <param name="Rates">Packets per second, each measured by itself.</param>
/// <param name="PayloadBytes">Of each datagram.</param>
/// <param name="BufferBytes">The kernel's buffer of every peer.</param>
internal sealed record CaptureBenchOptions(
    IReadOnlyList<int> Rates, int PayloadBytes, int BufferBytes, int SnapLengthBytes, int Runs, double WarmupSeconds, double Seconds, bool Quick)
{
    // Frozen: the rates of the bars, and what both programs are given.
    public const string DefaultRates = "100000,200000";
    public const int DefaultPayloadBytes = 64;
    public const int DefaultBufferBytes = 4 * 1024 * 1024;
    public const int DefaultSnapLengthBytes = 256;
    public const double DefaultSeconds = 4;

    public void Validate()
    {
        if (Rates.Any(rate => rate > 1_000_000))
            throw new BenchException("--rates: expected at most 1000000");
        Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
    }
}
