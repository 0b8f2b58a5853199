using System.Net;
using System.Net.Sockets;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Collecting;

/// <summary>An end in order: everything that is in accept and receive queues, and it comes, whatever peers do.</summary>
public sealed class CollectorEndTests : CollectorTestBase
{
    private const int SmallBudgetBytes = 128 * 1024;

    public CollectorEndTests()
        : base(new LoopOptions { BytesPerLoop = SmallBudgetBytes })
    {
    }

    private SocketUrl[] Connections =>
        [Any, SocketUrl.Parse($"unix://{PathOf("stream")}"), SocketUrl.Parse($"unixpacket://{PathOf("packet")}")];

    [Fact]
    public async Task AtTheLimitOfConnections_WhatWaitsToBeAccepted_IsWrittenToo()
    {
        const int PerListener = 30;
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = Connections, MaxConnections = 2 });
        Peer[] peers = [.. Enumerable.Range(0, 3 * PerListener).Select(peer => Connect(collector, peer % 3))];
        foreach (Peer peer in peers)
            peer.Send("one\nwithout an end");

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        string[] lines = await File.ReadAllLinesAsync(Log);
        Assert.Equal((90, 90), (lines.Count(line => line == "one"), lines.Count(line => line == "without an end")));
        foreach (Peer peer in peers)
            peer.Dispose();
    }

    // All of them hold half a line, and the loop has buffers for few.
    [Fact]
    public async Task BeyondTheByteBudget_WhatIsInReceiveQueues_IsWrittenToo()
    {
        const int LineBytes = 60_000;
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [Any] });
        Peer[] peers = [.. Enumerable.Range(0, 16).Select(_ => Connect(collector))];
        byte[] half = Bytes.Of(new string('x', LineBytes / 2));
        foreach (Peer peer in peers)
            peer.Send(half);
        await Eventually.True(() => collector.Statistics.Server.BufferedBytes >= SmallBudgetBytes);
        foreach (Peer peer in peers)
            peer.Send(half);

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        Assert.Equal(Enumerable.Repeat(LineBytes, peers.Length), (await File.ReadAllLinesAsync(Log)).Select(line => line.Length));
        foreach (Peer peer in peers)
            peer.Dispose();
    }

    [Theory]
    [InlineData("tcp4://127.0.0.1:0")]
    [InlineData("udp4://127.0.0.1:0")]
    [InlineData("unix://@")]
    [InlineData("unixgram://@")]
    [InlineData("unixpacket://@")]
    public async Task APeerThatNeverStopsSending_DoesNotHoldItUp(string url)
    {
        SocketUrl listened = SocketUrl.Parse(url.Replace("@", PathOf("s"), StringComparison.Ordinal));
        await using Collector collector = await StartAsync(new CollectorOptions { Urls = [listened] });
        using Peer peer = Connect(collector);
        bool hasEnded = false;
        byte[] lines = Bytes.Of(string.Concat(Enumerable.Repeat("0123456\n", 100)));
        Task sending = Task.Run(() => peer.SendAgainAndAgain(lines, () => Volatile.Read(ref hasEnded)));
        await Eventually.True(() => collector.Statistics.WrittenRecords > 1000);

        Assert.True(await collector.StopAsync(Deadline.Generous).InTime());

        Volatile.Write(ref hasEnded, true);
        await sending.InTime();
        string[] written = await File.ReadAllLinesAsync(Log);
        Assert.All(written.SkipLast(1), line => Assert.Equal("0123456", line));
        Assert.StartsWith(written[^1], "0123456", StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutALimit_APeerThatIsAway_IsWaitedFor()
    {
        await using Collector collector = await Collector.StartAsync(Options(
            new CollectorOptions { Urls = [Any], TargetUrl = SocketUrl.Parse($"unix://{PathOf("away")}") }));
        SendAll(collector, "kept\n", pieceBytes: 5);
        await Eventually.True(() => collector.Statistics is { WaitingBytes: > 0, Server.Connections: 0 });

        Task<bool> stopped = collector.StopAsync(Timeout.InfiniteTimeSpan);
        using var back = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        back.Bind(new UnixDomainSocketEndPoint(PathOf("away")));
        back.Listen();
        using Socket reader = await back.AcceptAsync().InTime();

        byte[] received = new byte[10];
        Assert.Equal(5, await reader.ReceiveAsync(received).InTime());
        reader.Shutdown(SocketShutdown.Both);
        Assert.True(await stopped.InTime());
    }

    // What is counted as written arrives, though nobody reads when the time is over.
    [Fact]
    public async Task AReceiverThatIsOnlySlow_GetsWhatTheKernelHasTaken()
    {
        using var target = new TcpListener(IPAddress.Loopback, port: 0);
        target.Start();
        await using Collector collector = await Collector.StartAsync(Options(new CollectorOptions
        {
            Urls = [Any],
            TargetUrl = SocketUrl.Tcp4("127.0.0.1", ((IPEndPoint)target.LocalEndpoint).Port),
            QueueBytes = 10_000,
        }));
        using Peer peer = Connect(collector);
        byte[] lines = Bytes.Of(string.Concat(Enumerable.Repeat("0123456\n", 128)));
        peer.Send(lines);
        using Socket reader = await target.AcceptSocketAsync().InTime();
        // Until the receiver's buffer, ours, the queue and the peer's are full.
        await Eventually.True(() => peer.SendUntilRefused(lines, limitBytes: 100_000) == 0 && collector.Statistics.WaitingBytes >= 10_000);

        Assert.False(await collector.StopAsync(TimeSpan.FromMilliseconds(100)).InTime());
        await collector.DisposeAsync().AsTask().InTime();

        long written = collector.Statistics.WrittenBytes;
        byte[] buffer = new byte[64 * 1024];
        long received = 0;
        while (await reader.ReceiveAsync(buffer).InTime() is var count and > 0)
            received += count;
        Assert.True(received >= written, $"{written} bytes were taken and {received} arrived");
    }
}
