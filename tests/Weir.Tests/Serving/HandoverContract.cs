using System.Collections.Concurrent;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>One server takes the listeners of another: nobody who connects meanwhile notices.</summary>
public sealed class HandoverContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Door => _folder.File("door");

    private string SocketPath => _folder.File("s");

    private SocketUrl[] Urls => [SocketUrl.Parse("tcp4://127.0.0.1:0"), SocketUrl.Unix(SocketPath)];

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task TheNextServer_HasPortAndPath_AndTheOldFinishesItsConnections(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        await using Server first = await StartAsync(loops);
        Peer[] known = [.. first.Listeners.Select(listener => Connect(listener.LocalAddress))];
        Exchange(known);

        await using Server second = await StartAsync(loops);

        Assert.Equal(new HandoverPeer(Environment.ProcessId, Listeners: 2), second.TookOver);
        Assert.Equal(new HandoverPeer(Environment.ProcessId, Listeners: 2), await first.HandedOver.InTime());
        Assert.Equal(first.Listeners.Select(listener => listener.LocalAddress), second.Listeners.Select(listener => listener.LocalAddress));
        Task<int> stopped = first.StopAsync(Deadline.Generous);
        Exchange([.. Enumerable.Range(0, 10).SelectMany(_ => second.Listeners).Select(listener => Connect(listener.LocalAddress))], end: true);
        Exchange(known, end: true);
        Assert.Equal(0, await stopped.InTime());
        Assert.Equal((2, 20), (first.Statistics.Accepted, second.Statistics.Accepted));
        Assert.True(File.Exists(SocketPath));
        await second.StopAsync(Deadline.Generous).InTime();
        Assert.False(File.Exists(SocketPath));
        Assert.False(File.Exists(Door));
    }

    // It has connected, and sends what it wants when the server that accepted it is on its way out.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task WhoWasAccepted_AndIsSilent_IsServedToTheEnd(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        await using Server first = await StartAsync(loops);
        Peer[] silent = [.. first.Listeners.Select(listener => Connect(listener.LocalAddress))];
        await Eventually.True(() => first.Statistics.Accepted == 2);
        await using Server second = await StartAsync(loops);
        await first.HandedOver.InTime();

        Task<int> stopped = first.StopAsync(Deadline.Generous);
        await Turn.AfterAsync(loops.Loops[0]);
        Exchange(silent, end: true);

        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(2, first.Statistics.Accepted);
    }

    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task WhoNeverEnds_MeetsTheEndWhenHalfOfTheTimeIsOver(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        await using Server first = await StartAsync(loops);
        using Peer endless = Connect(first.Listeners[0].LocalAddress);
        endless.Send("x");
        endless.Expect("x");
        await using Server second = await StartAsync(loops);
        await first.HandedOver.InTime();

        Task<int> stopped = first.StopAsync(TimeSpan.FromSeconds(4));
        endless.ExpectEnd();
        endless.Dispose();

        Assert.Equal(0, await stopped.InTime());
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task StoppingOnceMore_DoesNotWaitForThem(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        await using Server first = await StartAsync(loops);
        using Peer endless = Connect(first.Listeners[0].LocalAddress);
        endless.Send("x");
        endless.Expect("x");
        await using Server second = await StartAsync(loops);
        await first.HandedOver.InTime();
        Task<int> stopped = first.StopAsync(Timeout.InfiniteTimeSpan);
        await Turn.AfterAsync(loops.Loops[0]);
        Assert.False(stopped.IsCompleted);

        Task<int> stoppedAgain = first.StopAsync(Deadline.Generous);
        endless.ExpectEnd();
        endless.Dispose();

        Assert.Equal((0, 0), (await stopped.InTime(), await stoppedAgain.InTime()));
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task AStartThatFails_LeavesTheOldServerAsItWas(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        ConcurrentQueue<ServerEvent> events = new();
        await using Server first = await StartAsync(loops, events: events);
        SocketUrl missing = SocketUrl.Unix(_folder.File("missing/s"));

        SocketCallException failed = await Assert.ThrowsAsync<SocketCallException>(() => StartAsync(loops, [.. Urls, missing]));

        Assert.Equal(Errno.ENOENT, failed.Errno);
        await Eventually.True(() => events.Any(happened => happened.Kind == ServerEventKind.HandoverFailed));
        Assert.False(first.HandedOver.IsCompleted);
        Exchange([.. first.Listeners.Select(listener => Connect(listener.LocalAddress))], end: true);
        await using Server second = await StartAsync(loops);
        await first.HandedOver.InTime();
        Assert.Equal(first.Listeners[0].LocalAddress, second.Listeners[0].LocalAddress);
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task OtherUrls_AreOpenedAndClosedAsEver(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        SocketUrl tcp = Urls[0];
        await using Server first = await StartAsync(loops, [tcp, Urls[1]]);
        await using Server second = await StartAsync(loops, [SocketUrl.Unix(_folder.File("new")), tcp]);
        Assert.Equal(1, (await first.HandedOver.InTime()).Listeners);
        Assert.Equal(first.Listeners[0].LocalAddress, second.Listeners[1].LocalAddress);
        Exchange([.. second.Listeners.Select(listener => Connect(listener.LocalAddress))], end: true);

        Assert.Equal(0, await first.StopAsync(Deadline.Generous).InTime());

        Assert.False(File.Exists(SocketPath));
        Exchange([.. second.Listeners.Select(listener => Connect(listener.LocalAddress))], end: true);
    }

    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task AnyNumberOfLoops_ServesAllSockets(EngineCase engine)
    {
        const int Clients = 40;
        await using LoopGroup three = engine.CreateLoops(3, new LoopOptions());
        await using LoopGroup one = engine.CreateLoops(1, new LoopOptions());
        await using LoopGroup four = engine.CreateLoops(4, new LoopOptions());
        Server old = await StartAsync(three);
        foreach (LoopGroup loops in new[] { one, four })
        {
            Server next = await StartAsync(loops);
            await old.HandedOver.InTime();
            await old.StopAsync(Deadline.Generous).InTime();
            old = next;
            Exchange([.. Enumerable.Range(0, Clients).Select(_ => Connect(old.Listeners[0].LocalAddress))], end: true);
            Assert.Equal(Clients, old.Statistics.Accepted);
        }

        Peer[] spread = [.. Enumerable.Range(0, Clients).Select(_ => Connect(old.Listeners[0].LocalAddress))];
        await Eventually.True(() => four.Statistics.All(loop => loop.Connections > 0));
        Array.ForEach(spread, peer => peer.Dispose());
        await old.StopAsync(Deadline.Generous).InTime();
    }

    public void Dispose() => _folder.Dispose();

    private Task<Server> StartAsync(LoopGroup loops, SocketUrl[]? urls = null, ConcurrentQueue<ServerEvent>? events = null) =>
        Server.StartAsync(
            new ServerOptions { Urls = urls ?? Urls, Loops = loops, HandoverPath = Door, OnEvent = events is null ? null : events.Enqueue },
            StandardHandlers.Echo);

    private static Peer Connect(KernelAddress address)
    {
        var socket = KernelSocket.Create(address.Family, SOCK_STREAM);
        socket.Connect(address, Deadline.Generous);
        return new Peer(socket);
    }

    private static void Exchange(Peer[] peers, bool end = false)
    {
        foreach (Peer peer in peers)
        {
            peer.Send("hello");
            peer.Expect("hello");
            if (!end)
                continue;
            peer.FinishSending();
            peer.ExpectEnd();
            peer.Dispose();
        }
    }
}
