using System.Net;
using System.Net.Sockets;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Collecting;

/// <summary>From a peer's bytes to the file.</summary>
public sealed class CollectorTests : CollectorTestBase
{
    [Fact]
    public async Task LinesOfDifferentPeers_DoNotMix()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any] });
        string[] lines = [.. Enumerable.Range(0, 20).Select(peer => new string((char)('a' + peer), 5000) + "\n")];

        await Task.WhenAll(lines.Select(line => Task.Run(() => SendAll(collector, string.Concat(Enumerable.Repeat(line, 50)), pieceBytes: 777))));
        await Eventually.True(() => collector.Statistics.WrittenRecords == 1000);
        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        string[] written = await File.ReadAllLinesAsync(Log);
        Assert.Equal(1000, written.Length);
        Assert.All(written, line => Assert.Contains(line + "\n", lines));
    }

    [Fact]
    public async Task Stop_WritesWhatIsInTheQueues()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any] });
        Peer[] peers = [.. Enumerable.Range(0, 30).Select(_ => Connect(collector))];
        foreach (Peer peer in peers)
            peer.Send("without an end");

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        Assert.Equal(Enumerable.Repeat("without an end", 30), await File.ReadAllLinesAsync(Log));
        CollectorStatistics statistics = collector.Statistics;
        Assert.Equal((30L, 30L, 0L, 450L), (statistics.Server.Accepted, statistics.WrittenRecords, statistics.WaitingBytes, statistics.WrittenBytes));
        foreach (Peer peer in peers)
            peer.Dispose();
    }

    [Fact]
    public async Task APeerThatResets_LeavesWhatItHadSaid()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any] });
        Peer peer = Connect(collector);
        peer.Send("whole\nhalf");
        await Eventually.True(() => collector.Statistics.WrittenRecords == 1);

        peer.Reset();

        await Eventually.True(() => collector.Statistics.WrittenRecords == 2);
        Assert.Equal("whole\nhalf\n", await File.ReadAllTextAsync(Log));
    }

    [Fact]
    public async Task ASilentPeer_IsDisconnected_AndItsLineKept()
    {
        await using Collector collector = await StartAsync(
            new CollectorOptions { Urls = [Any], IdleTimeout = TimeSpan.FromMilliseconds(50) });
        using Peer peer = Connect(collector);
        peer.Send("half");

        Assert.Equal(Errno.ECONNRESET, peer.ReceiveError());

        await Eventually.True(() => collector.Statistics.WrittenRecords == 1);
        Assert.Equal("half\n", await File.ReadAllTextAsync(Log));
    }

    [Fact]
    public async Task RawBytes_AreLeftAsTheyAre()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any], Framing = RecordFraming.Raw });
        byte[] sent = Bytes.Pattern(300_000);
        using (Peer peer = Connect(collector))
            peer.Send(sent);

        await Eventually.True(() => collector.Statistics.WrittenBytes == sent.Length);
        Assert.Equal(sent, await File.ReadAllBytesAsync(Log));
    }

    [Fact]
    public async Task CountedRecords_StayApart_AndNonsenseEndsOnlyItsConnection()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any], Framing = RecordFraming.Datagrams });
        using Peer good = Connect(collector);
        using Peer bad = Connect(collector);
        good.Send("3 a\nb");
        await Eventually.True(() => collector.Statistics.WrittenRecords == 1);
        bad.Send("a line\n");
        Assert.Equal(Errno.ECONNRESET, bad.ReceiveError());
        good.Send("1 c");
        good.FinishSending();
        good.ExpectEnd();

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        Assert.Equal("3 a\nb1 c", await File.ReadAllTextAsync(Log));
        Assert.Equal(ServerEventKind.BadRecord, Assert.Single(Events).Kind);
    }

    [Fact]
    public async Task ALongLine_IsCut_AndSaidOnce()
    {
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any], MaxLineBytes = 1000 });
        SendAll(collector, new string('x', 5500) + "\n", pieceBytes: 5501);
        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        Assert.Equal([1000, 1000, 1000, 1000, 1000, 500], (await File.ReadAllLinesAsync(Log)).Select(line => line.Length));
        Assert.Equal("a line is longer than 1000 bytes; such lines are cut into pieces", Assert.Single(Events).Message);
    }

    [Fact]
    public async Task AFullDevice_PausesReading_AndStoppingGivesUpInTime()
    {
        await using Collector collector = await Collector.StartAsync(Options(
            new CollectorOptions { Urls = [Any], FilePath = "/dev/full", QueueBytes = 10_000 }));
        using Peer peer = Connect(collector);

        // What is not read fills the kernel's buffers, and then the peer waits.
        byte[] line = Bytes.Of(new string('x', 999) + "\n");
        await Eventually.True(() => peer.SendUntilRefused(line, limitBytes: 1_000_000) == 0);

        Assert.InRange(collector.Statistics.WaitingBytes, 10_000, 11_000);
        Assert.Equal(ServerEventKind.OutputWaits, Assert.Single(Events).Kind);
        Assert.False(await collector.StopAsync(TimeSpan.FromMilliseconds(200)).InTime());
        Assert.InRange(collector.Statistics.WaitingBytes, 10_000, 11_000);
    }

    // Who receives waits for room in the queue, and does not see that the server stops.
    [Fact]
    public async Task AFullDevice_HoldsUpNoStop_AlsoWithDatagrams()
    {
        await using Collector collector = await Collector.StartAsync(Options(
            new CollectorOptions { Urls = [SocketUrl.Parse("udp4://127.0.0.1:0")], FilePath = "/dev/full", QueueBytes = 10_000 }));
        using var peer = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        peer.Connect(collector.Listeners[0].LocalAddress, Deadline.Generous);
        byte[] line = Bytes.Of(new string('x', 1000));
        await Eventually.True(() => peer.Send(line).IsOk && collector.Statistics.WaitingBytes >= 10_000);
        for (int i = 0; i < 100; i++)
            peer.Send(line);

        Assert.False(await collector.StopAsync(TimeSpan.FromMilliseconds(200)).InTime());
    }

    // It has ended its own sending, as socat -u does, and that is no reason to leave it.
    [Fact]
    public async Task APeerThatOnlyReads_IsStayedWith()
    {
        using var target = new TcpListener(IPAddress.Loopback, port: 0);
        target.Start();
        await using Collector collector = await Collector.StartAsync(Options(new CollectorOptions
        {
            Urls = [Any],
            TargetUrl = SocketUrl.Tcp4("127.0.0.1", ((IPEndPoint)target.LocalEndpoint).Port),
        }));
        using Peer peer = Connect(collector);
        peer.Send("one\n");
        using Socket reader = await target.AcceptSocketAsync().InTime();
        reader.Shutdown(SocketShutdown.Send);
        peer.Send("two\n");
        await Eventually.True(() => collector.Statistics.WrittenRecords == 2);
        peer.Send("three\n");
        await Eventually.True(() => reader.Available == 14);

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());
        byte[] received = new byte[14];
        Assert.Equal(14, await reader.ReceiveAsync(received).InTime());
        Assert.Equal("one\ntwo\nthree\n", Bytes.Text(received));
        Assert.False(target.Pending());
        Assert.Empty(Events);
    }

    [Fact]
    public async Task ARecordThatIsTooLongForADatagram_IsCountedAsLost()
    {
        using var target = new UdpClient(new IPEndPoint(IPAddress.Loopback, port: 0));
        await using Collector collector = await Collector.StartAsync(Options(new CollectorOptions
        {
            Urls = [Any],
            TargetUrl = SocketUrl.Parse($"udp4://127.0.0.1:{((IPEndPoint)target.Client.LocalEndPoint!).Port}"),
        }));
        SendAll(collector, new string('x', 65_530) + "\nshort\n", pieceBytes: 10_000);

        Assert.Equal("short\n", Bytes.Text((await target.ReceiveAsync().InTime()).Buffer));
        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());
        Assert.Equal((1L, 1L), (collector.Statistics.LostRecords, collector.Statistics.WrittenRecords));
        Assert.Equal(ServerEventKind.RecordsLost, Assert.Single(Events).Kind);
    }

    [Fact]
    public async Task UdpThatNobodyReceives_IsSaidAndCounted()
    {
        using var target = new UdpClient(new IPEndPoint(IPAddress.Loopback, port: 0));
        int port = ((IPEndPoint)target.Client.LocalEndPoint!).Port;
        target.Close();
        await using Collector collector = await Collector.StartAsync(Options(new CollectorOptions
        {
            Urls = [Any],
            TargetUrl = SocketUrl.Parse($"udp4://127.0.0.1:{port}"),
        }));
        using Peer peer = Connect(collector);

        // The first is refused by ICMP, and a later one tells.
        await Eventually.True(() =>
        {
            peer.Send("line\n");
            return collector.Statistics.LostRecords > 0;
        });

        Assert.Contains("ECONNREFUSED; nobody receives there", Events.First().Message, StringComparison.Ordinal);
    }
}
