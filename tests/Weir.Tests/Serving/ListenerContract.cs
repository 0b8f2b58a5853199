using System.Collections.Concurrent;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Serving;

/// <summary>How connections come in: addresses, loops, limits.</summary>
public sealed class ListenerContract
{
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task SeveralUrls_AreServedTogether(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        string path = folder.File("s");
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [Url("tcp4://127.0.0.1:0"), Url("tcp6://[::1]:0"), Url($"unix://{path}")], Loops = loops }, StandardHandlers.Echo);
        Assert.Equal(3, server.Listeners.Count);
        foreach (Listener listener in server.Listeners)
            Exchange(listener.LocalAddress);
        await server.StopAsync(Deadline.Generous).InTime();
        Assert.False(File.Exists(path));
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task OneUrlThatFails_ClosesTheOthers(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        string path = folder.File("s");
        string missing = folder.File("missing/s");
        SocketCallException failed = await Assert.ThrowsAsync<SocketCallException>(() => Server.StartAsync(
            new ServerOptions { Urls = [Url($"unix://{path}"), Url("tcp4://127.0.0.1:0"), Url($"unix://{missing}")], Loops = loops },
            StandardHandlers.Echo));
        Assert.Equal(("bind", Errno.ENOENT), (failed.Operation, failed.Errno));
        Assert.False(File.Exists(path));
        Assert.Equal(0, loops.Statistics.Sum(loop => loop.Connections));
    }

    // Nobody has begun to receive from them, and they are closed all the same.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task OneUrlThatFails_ClosesTheDatagramSocketsToo(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        string path = folder.File("gram");
        await Assert.ThrowsAsync<SocketCallException>(() => Server.StartAsync(
            new ServerOptions { Urls = [Url("udp4://127.0.0.1:0"), Url($"unixgram://{path}"), Url($"unix://{folder.File("missing/s")}")], Loops = loops },
            new ServerHandlers { Connections = StandardHandlers.Echo, Datagrams = StandardHandlers.Echo }));
        Assert.False(File.Exists(path));
        Assert.Equal(0, loops.Statistics.Sum(loop => loop.Connections));
    }

    [Theory, EngineData]
    public async Task SecondServer_OnTheSameAddress_IsRefused(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { LoopCount = 2 });
        SocketCallException refused = await Assert.ThrowsAsync<SocketCallException>(() => Server.StartAsync(
            new ServerOptions { Urls = [rig.Url], Loops = rig.Loops }, StandardHandlers.Echo));
        Assert.Equal(Errno.EADDRINUSE, refused.Errno);
        Exchange(rig.Address);
    }

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public async Task Tcp_SpreadsOverTheLoops_EachServesWhatItAccepts(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { LoopCount = 3 });
        Peer[] peers = [.. Enumerable.Range(0, 60).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Server.Statistics is { Accepted: 60, Connections: 60 });
        // The kernel's hash decides; that one of three gets none of sixty happens once in ten thousand million runs.
        Assert.All(rig.Loops.Statistics, loop => Assert.InRange(loop.Connections, 1, 59));
        Array.ForEach(peers, peer => peer.Dispose());
    }

    [Theory, EngineData]
    public async Task OneAcceptor_HandsToTheLeastLoaded(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { LoopCount = 3, SingleAcceptor = true });
        Peer[] peers = [.. Enumerable.Range(0, 30).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Server.Statistics.Connections == 30);
        Assert.All(rig.Loops.Statistics, loop => Assert.Equal(10, loop.Connections));
        foreach (Peer peer in peers)
        {
            peer.Send("x");
            peer.Expect("x");
            peer.Dispose();
        }
    }

    // Two addresses on two loops look like a socket for each loop.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task OneAcceptor_OfTwoAddresses_HandsOverToo(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [Url("tcp://localhost:0")], Loops = loops, Listener = new ListenerOptions { SingleAcceptor = true } },
            StandardHandlers.Echo);
        KernelAddress address = server.Listeners[0].LocalAddress;
        KernelSocket[] sockets = [.. Enumerable.Range(0, 10).Select(_ => Connected(address))];
        await Eventually.True(() => server.Statistics.Connections == 10);
        Assert.All(loops.Statistics, loop => Assert.Equal(5, loop.Connections));
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    [Theory, EngineData]
    public async Task MaxConnections_PausesAccepting_UntilOneCloses(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { MaxConnections = 2 });
        List<Peer> peers = [.. Enumerable.Range(0, 5).Select(_ => rig.Connect())];
        peers.ForEach(peer => peer.Send("x"));
        await Eventually.True(() => rig.Server.Statistics.Accepted == 2 && !rig.Events.IsEmpty);
        Assert.Equal(ServerEventKind.ConnectionLimit, Assert.Single(rig.Events).Kind);
        foreach (Peer peer in peers)
        {
            peer.Expect("x");
            Assert.InRange(rig.Server.Statistics.Connections, 1, 2);
            peer.Dispose();
        }

        await Eventually.True(() => rig.Server.Statistics is { Accepted: 5, Connections: 0 });
    }

    // An inherited listener belongs to others as well, who may shut it down.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task InheritedListener_ShutDownByOthers_NeitherSpinsNorKeepsTheServerFromStopping(EngineCase engine)
    {
        using var original = KernelSocket.Create(Uapi.AF_INET, Uapi.SOCK_STREAM);
        original.Bind((await SocketUrlResolver.ResolveForListeningAsync(Url("tcp4://127.0.0.1:0"), default))[0].Address);
        original.Listen(16);
        int inherited = Sys.Duplicate(original.Fd.Number).Value;
        await using LoopGroup loops = engine.CreateLoops(2, new LoopOptions());
        ConcurrentQueue<ServerEvent> events = new();
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [Url($"fd://{inherited}")], Loops = loops, OnEvent = events.Enqueue }, StandardHandlers.Echo);
        Exchange(original.LocalAddress);
        original.Shutdown(Uapi.SHUT_RDWR);
        await Eventually.True(() => events.Any(happened => happened.Kind == ServerEventKind.ListenerFailed));
        // Some retries later: a loop that spun would have made these turns at once, and a slow machine only makes them later.
        long first = loops.Statistics.Sum(loop => loop.Turns);
        long start = TimeProvider.System.GetTimestamp();
        await Eventually.True(() => loops.Statistics.Sum(loop => loop.Turns) >= first + 10);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromMilliseconds(50), Deadline.Generous);
        await server.StopAsync(Deadline.Generous).InTime();
        Assert.Equal(ServerEventKind.ListenerFailed, Assert.Single(events).Kind);
    }

    private static SocketUrl Url(string text) => SocketUrl.Parse(text);

    private static KernelSocket Connected(KernelAddress address)
    {
        var socket = KernelSocket.Create(address.Family, Uapi.SOCK_STREAM);
        socket.Connect(address, Deadline.Generous);
        return socket;
    }

    private static void Exchange(KernelAddress address)
    {
        using var peer = new Peer(Connected(address));
        peer.Send("hello");
        peer.Expect("hello");
        peer.FinishSending();
        peer.ExpectEnd();
    }
}
