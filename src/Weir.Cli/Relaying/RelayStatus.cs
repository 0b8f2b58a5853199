using Weir.Cli.Output;

namespace Weir.Cli.Relaying;

/// <summary>Totals of one moment, and the rates since the moment before.</summary>
internal sealed record RelayStatus(RelayStatistics Totals, long Timestamp)
{
    public double AcceptedPerSecond { get; private init; }

    public double SentToBytesPerSecond { get; private init; }

    public double SentBackBytesPerSecond { get; private init; }

    public RelayStatus Next(RelayStatistics totals, long timestamp)
    {
        double seconds = TimeProvider.System.GetElapsedTime(Timestamp, timestamp).TotalSeconds;
        return new RelayStatus(totals, timestamp)
        {
            AcceptedPerSecond = Rate(totals.Accepted - Totals.Accepted, seconds),
            SentToBytesPerSecond = Rate(totals.SentToBytes - Totals.SentToBytes, seconds),
            SentBackBytesPerSecond = Rate(totals.SentBackBytes - Totals.SentBackBytes, seconds),
        };
    }

    /// <summary>One line for people.</summary>
    public string Describe() =>
        $"{Quantity.Connections(Totals.Connections)} (+{Quantity.Count(AcceptedPerSecond)}/s)   "
        + $"to {Quantity.Bytes(SentToBytesPerSecond)}/s   back {Quantity.Bytes(SentBackBytesPerSecond)}/s   "
        + $"buffered {Quantity.Bytes(Totals.BufferedBytes)}{DescribeDrops(Totals)}";

    /// <summary>Which datagrams were lost here, when some were.</summary>
    public static string DescribeDrops(RelayStatistics totals)
    {
        string here = totals.Dropped > 0 ? $", {Quantity.Count(totals.Dropped)} dropped" : "";
        return here + Losses.Describe(totals.DroppedInReceiveBuffer, totals.CutMessages);
    }

    // What a connection has moved is counted again when it ends, a moment later: never less than nothing.
    private static double Rate(long count, double seconds) => seconds > 0 ? Math.Max(0, count / seconds) : 0;
}
