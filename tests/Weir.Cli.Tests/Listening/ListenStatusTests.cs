using Weir.Cli.Listening;
using Xunit;

namespace Weir.Cli.Tests.Listening;

public sealed class ListenStatusTests
{
    [Fact]
    public void Rates_AreOfTheTimeBetween()
    {
        var before = new ListenStatus(Totals(received: 1000, records: 10), Timestamp: 0);

        ListenStatus now = before.Next(Totals(received: 5096, records: 30), TimeProvider.System.TimestampFrequency * 2);

        Assert.Equal((2048, 10), (now.ReceivedBytesPerSecond, now.WrittenRecordsPerSecond));
        Assert.Equal("3 connections   in 2 KiB/s   10 records/s   waiting 512 B", now.Describe());
    }

    [Fact]
    public void Losses_AreShownWhenThereAreAny()
    {
        CollectorStatistics totals = Totals(0, 0) with { DroppedDatagrams = 12345, LostRecords = 2 };

        Assert.Equal("   dropped 12,345 datagrams   lost 2 records", ListenStatus.Losses(totals));
        Assert.Equal("", ListenStatus.Losses(Totals(0, 0)));
    }

    private static CollectorStatistics Totals(long received, long records) => new()
    {
        Server = new ServerStatistics { Connections = 3, ReceivedBytes = received },
        WrittenRecords = records,
        WaitingBytes = 512,
    };
}
