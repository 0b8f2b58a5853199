namespace Weir.Bench;

internal sealed record RelayOptions(
    long BulkBytes, int Connections, int SizeBytes, long StallBytes, int Runs, double WarmupSeconds, double Seconds, bool Quick)
{
    public const long BytesPerGib = 1024L * 1024 * 1024;
    public const double DefaultBulkGib = 4;
    public const double QuickBulkGib = 0.25;
    public const int DefaultConnections = 100;
    public const int MessageBytes = 64;
    public const long DefaultStallBytes = BytesPerGib;
    public const long QuickStallBytes = BytesPerGib / 16;

    /// <summary>The bars were set for 4 GiB and for 100 connections.</summary>
    public bool IsWhatBarsAreFor => BulkBytes == (long)(DefaultBulkGib * BytesPerGib) && Connections == DefaultConnections;

    public void Validate()
    {
        if (BulkBytes < 1 || Connections < 1)
            throw new BenchException("--gib, --connections: expected numbers above zero");
        Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
    }
}
