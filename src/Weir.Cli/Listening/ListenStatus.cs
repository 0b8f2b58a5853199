using Weir.Cli.Output;

namespace Weir.Cli.Listening;

/// <summary>Totals of one moment, and the rates since the moment before.</summary>
internal sealed record ListenStatus(CollectorStatistics Totals, long Timestamp)
{
    public double ReceivedBytesPerSecond { get; private init; }

    public double WrittenRecordsPerSecond { get; private init; }

    public ListenStatus Next(CollectorStatistics totals, long timestamp)
    {
        double seconds = TimeProvider.System.GetElapsedTime(Timestamp, timestamp).TotalSeconds;
        return new ListenStatus(totals, timestamp)
        {
            ReceivedBytesPerSecond = Rate(totals.Server.ReceivedBytes - Totals.Server.ReceivedBytes, seconds),
            WrittenRecordsPerSecond = Rate(totals.WrittenRecords - Totals.WrittenRecords, seconds),
        };
    }

    /// <summary>One line for people.</summary>
    public string Describe() =>
        $"{Quantity.Connections(Totals.Server.Connections)}   in {Quantity.Bytes(ReceivedBytesPerSecond)}/s   "
        + $"{Quantity.Count(WrittenRecordsPerSecond)} records/s   waiting {Quantity.Bytes(Totals.WaitingBytes)}{Losses(Totals)}";

    /// <summary>What did not arrive, when there is any.</summary>
    public static string Losses(in CollectorStatistics totals)
    {
        string dropped = totals.DroppedDatagrams > 0 ? $"   dropped {Quantity.Count(totals.DroppedDatagrams)} datagrams" : "";
        return totals.LostRecords > 0 ? $"{dropped}   lost {Quantity.Count(totals.LostRecords)} records" : dropped;
    }

    private static double Rate(long count, double seconds) => seconds > 0 ? count / seconds : 0;
}
