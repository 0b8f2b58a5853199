using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying;

/// <summary>Backends that do not answer: passed over, told once, probed, taken back.</summary>
public sealed class BackendContract
{
    [Theory, EngineData]
    public async Task ADeadBackend_CostsNoClient_AndIsToldOnce(EngineCase engine)
    {
        using var unused = new UnusedAddress(engine);
        SocketUrl dead = unused.Url;
        await using Rig alive = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, [dead, alive.Url], options => options with { ProbeInterval = Timeout.InfiniteTimeSpan });
        for (int i = 0; i < 6; i++)
        {
            using Peer peer = rig.Connect();
            peer.Send("hello");
            peer.Expect("hello");
        }

        ServerEvent down = Assert.Single(rig.Events);
        Assert.Equal(ServerEventKind.BackendDown, down.Kind);
        Assert.Equal($"backend {dead}: {(engine.IsTcp ? "ECONNREFUSED" : "ENOENT")}; down, not probed", down.Message);
    }

    [Theory, EngineData]
    public async Task ABackendThatComesBack_IsFoundByAProbe(EngineCase engine)
    {
        using var unused = new UnusedAddress(engine);
        SocketUrl url = unused.Url;
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, [url], options => options with { ProbeInterval = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, ConnectInVain(rig));
        await Eventually.True(() => rig.EventsOf(ServerEventKind.NoBackend).Length == 1);
        Assert.EndsWith("down, probed every 0.02 s", Assert.Single(rig.EventsOf(ServerEventKind.BackendDown)).Message);

        await using Server server = await Server.StartAsync(new ServerOptions { Urls = [url] }, StandardHandlers.Echo);
        await Eventually.True(() => rig.EventsOf(ServerEventKind.BackendBack).Length == 1);

        using Peer later = rig.Connect();
        later.Send("hello");
        later.Expect("hello");
        Assert.Equal($"backend {url} is back", rig.EventsOf(ServerEventKind.BackendBack)[0].Message);
    }

    // A full queue of a listener answers nothing at all.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task ASilentBackend_LeavesTimeForTheNext(EngineCase engine)
    {
        using var silent = KernelSocket.Create(AF_INET, SOCK_STREAM);
        silent.Bind((await SocketUrlResolver.ResolveForListeningAsync(SocketUrl.Tcp4("127.0.0.1", 0), default))[0].Address);
        silent.Listen(backlog: 1);
        List<KernelSocket> waiting = [];
        for (int i = 0; i < 4; i++)
        {
            waiting.Add(KernelSocket.Create(AF_INET, SOCK_STREAM));
            waiting[i].Connect(silent.LocalAddress);
        }

        await using Rig alive = await Rig.StartAsync(engine, StandardHandlers.Echo);
        SocketUrl url = SocketUrl.Parse(silent.LocalAddress.Describe(SocketScheme.Tcp4));
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, [url, alive.Url], options => options with { ConnectTimeout = TimeSpan.FromSeconds(3.1) });
        using Peer peer = rig.Connect();
        peer.Send("hello");
        peer.Expect("hello");
        Assert.StartsWith($"backend {url}: ETIMEDOUT; down", Assert.Single(rig.Events).Message);
        waiting.ForEach(socket => socket.Dispose());
    }

    // A full queue of a unix listener says so at once (connect(2), EAGAIN): somebody is there, and has much to do.
    [Theory, EngineData(SocketScheme.Unix, InlineOnly = true)]
    public async Task ABackendWithAFullQueue_IsWaitedFor_AndNotDown(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        using var busy = KernelSocket.Create(AF_UNIX, SOCK_STREAM);
        busy.Bind(KernelAddress.FromUnixPath(folder.File("busy")));
        busy.Listen(backlog: 0);
        using var before = KernelSocket.Create(AF_UNIX, SOCK_STREAM);
        before.Connect(busy.LocalAddress);
        await using RelayRig rig = await RelayRig.StartAsync(engine, [SocketUrl.Unix(folder.File("busy"))]);
        using Peer peer = rig.Connect();
        peer.Send("hello");
        await Eventually.True(() => rig.Relay.Statistics.Connections == 1);

        busy.TryAccept(out _)!.Dispose();
        Assert.True(busy.WaitFor(POLLIN, Deadline.Generous));
        using var accepted = new Peer(busy.TryAccept(out _)!);
        accepted.Expect("hello");
        Assert.Empty(rig.Events);
    }

    // Whoever expects a PROXY header is not to be upset by a probe: it says that it speaks for nobody (LOCAL).
    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task AProbe_BeginsWithAProxyHeaderAsWell(EngineCase engine)
    {
        using var unused = new UnusedAddress(engine);
        SocketUrl url = unused.Url;
        await using RelayRig rig = await RelayRig.StartAsync(engine, [url], options => options with
        {
            ProbeInterval = TimeSpan.FromMilliseconds(20),
            SendsProxyHeader = ProxyProtocol.V2,
        });
        ConnectInVain(rig);
        TaskCompletionSource<byte[]> header = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Server server = await Server.StartAsync(new ServerOptions { Urls = [url] }, async connection =>
        {
            byte[] bytes = new byte[16];
            await connection.Input.ReadExactlyAsync(bytes);
            header.TrySetResult(bytes);
        });

        Assert.Equal([.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0], await header.Task.InTime());
    }

    [Theory, EngineData]
    public async Task Least_GoesToWhoHasFewest(EngineCase engine)
    {
        await using Rig first = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using Rig second = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, [first.Url, second.Url], options => options with { Balance = RelayBalance.Least });
        List<Peer> peers = [];
        for (int i = 0; i < 6; i++)
        {
            peers.Add(rig.Connect());
            peers[i].Send("hello");
            peers[i].Expect("hello");
        }

        Assert.Equal((3, 3), (first.Server.Statistics.Connections, second.Server.Statistics.Connections));
        peers.ForEach(peer => peer.Dispose());
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task AClientThatLeavesWhileTheBackendIsReached_CostsNothing(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo);
        for (int i = 0; i < 50; i++)
        {
            Peer peer = rig.Connect();
            peer.Send("x");
            peer.Reset();
        }

        await Eventually.True(() => rig.Relay.Statistics is { Connections: 0, Accepted: > 0 } && rig.Server.Server.Statistics.Connections == 0);
        using Peer after = rig.Connect();
        after.Send("hello");
        after.Expect("hello");
        Assert.Empty(rig.Events);
    }

    // The reset may come before connect(2) has told its outcome.
    private static Errno ConnectInVain(RelayRig rig)
    {
        try
        {
            using Peer peer = rig.Connect();
            return peer.ReceiveError();
        }
        catch (SocketCallException reset)
        {
            return reset.Errno;
        }
    }
}
