using Weir.Cli.Output;

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

    /// <summary>One line for people, without its end where the window is too narrow: a line that wraps cannot be written over.</summary>
    /// <param name="windowWidth">Columns; 0 when nobody knows.</param>
    public string Describe(int windowWidth)
    {
        string line = $"{Quantity.Connections(Totals.Connections)} (+{Quantity.Count(AcceptedPerSecond)}/s)   "
            + $"in {Quantity.Bytes(ReceivedBytesPerSecond)}/s   out {Quantity.Bytes(SentBytesPerSecond)}/s   "
            + $"buffered {Quantity.Bytes(Totals.BufferedBytes)}{LossesOf(Totals)}";
        return windowWidth > 0 && line.Length >= windowWidth ? line[..(windowWidth - 1)] : line;
    }

    /// <summary>What did not arrive, or not whole.</summary>
    public static string LossesOf(in ServerStatistics totals) => Losses.Describe(totals.DroppedDatagrams, totals.CutMessages);

    private static double Rate(long count, double seconds) => seconds > 0 ? count / seconds : 0;
}
