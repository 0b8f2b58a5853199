namespace Weir.Cli.Serving;

/// <summary>Totals of one moment, and the rates since the moment before.</summary>
internal sealed record ServeStatus(ServerStatistics Totals, long Timestamp)
{
    public double AcceptedPerSecond { get; private init; }

    public double ReceivedBytesPerSecond { get; private init; }

    public double SentBytesPerSecond { get; private init; }

    public ServeStatus Next(ServerStatistics totals, long timestamp)
    {
        double seconds = TimeProvider.System.GetElapsedTime(Timestamp, timestamp).TotalSeconds;
        return new ServeStatus(totals, timestamp)
        {
            AcceptedPerSecond = Rate(totals.Accepted - Totals.Accepted, seconds),
            ReceivedBytesPerSecond = Rate(totals.ReceivedBytes - Totals.ReceivedBytes, seconds),
            SentBytesPerSecond = Rate(totals.SentBytes - Totals.SentBytes, seconds),
        };
    }

    private static double Rate(long count, double seconds) => seconds > 0 ? count / seconds : 0;
}
