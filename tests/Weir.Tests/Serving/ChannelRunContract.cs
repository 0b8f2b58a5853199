using System.Collections.Concurrent;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>Handlers of datagrams and messages, as a server runs and ends them.</summary>
public sealed class ChannelRunContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task AHandlerOfDatagramsThatFails_IsStartedAgain_WhereItRanBefore(EngineCase engine)
    {
        ConcurrentQueue<bool> onLoop = new();
        ConcurrentQueue<ServerEvent> events = new();
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        var options = new ServerOptions { Urls = [SocketUrl.UnixGram(_folder.File("d"))], Loops = loops, OnEvent = events.Enqueue };
        await using Server server = await Server.StartAsync(options, new ServerHandlers { Datagrams = Handle });
        using var peer = KernelSocket.Create(AF_UNIX, SOCK_DGRAM);
        peer.Bind(KernelAddress.FromUnixPath(_folder.File("peer")));
        peer.Connect(server.Listeners[0].LocalAddress, TimeSpan.Zero);
        Assert.True(peer.Send("again?"u8).IsOk);

        Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));

        Assert.Equal([engine.IsInline, engine.IsInline], onLoop);
        Assert.Contains(events, happened => happened.Kind == ServerEventKind.HandlerFailed);

        Task Handle(DatagramChannel channel)
        {
            onLoop.Enqueue(channel.Loop.IsCurrent);
            return onLoop.Count == 1 ? throw new InvalidOperationException("the first time") : StandardHandlers.Echo(channel);
        }
    }

    // Its channel is closed and it is told so; what it does then is its own affair.
    [Fact]
    public async Task HandlersThatIgnoreTheEnd_AreLeftBehind()
    {
        TaskCompletionSource ignorance = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ConcurrentQueue<ServerEvent> events = new();
        await using var loops = new LoopGroup(1);
        SocketUrl[] urls = [SocketUrl.UnixPacket(_folder.File("p")), SocketUrl.UnixGram(_folder.File("d"))];
        Server server = await Server.StartAsync(
            new ServerOptions { Urls = urls, Loops = loops, OnEvent = events.Enqueue },
            new ServerHandlers { Messages = _ => ignorance.Task, Datagrams = _ => ignorance.Task });
        using var peer = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        peer.Connect(server.Listeners[0].LocalAddress, TimeSpan.Zero);
        await Eventually.True(() => server.Statistics.Connections == 1);

        Assert.Equal(1, await server.StopAsync(TimeSpan.FromMilliseconds(30)).InTime());
        await server.DisposeAsync().AsTask().InTime();

        Assert.StartsWith("handlers go on 5 s after", Assert.Single(events).Message);
        Assert.Equal(0, peer.Receive(new byte[1]).Value);
        ignorance.SetResult();
        await Eventually.True(() => server.Statistics.Connections == 0);
    }

    // A relay's end comes when both of its sides have ended: until then whoever is connected is served, with messages as with streams.
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AServerThatReadsWhileItDrains_ReadsMessagesToo(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        var options = new ServerOptions { Urls = [SocketUrl.UnixPacket(_folder.File("p"))], Loops = loops, ReadsWhileDraining = true };
        await using Server server = await Server.StartAsync(options, new ServerHandlers { Messages = StandardHandlers.Echo });
        using var peer = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        peer.Connect(server.Listeners[0].LocalAddress, TimeSpan.Zero);
        Exchange(peer);

        Task<int> stopped = server.StopAsync(Deadline.Generous);
        await Eventually.True(() => !File.Exists(_folder.File("p")));
        await Turn.AfterAsync(loops.Loops[0]);
        for (int i = 0; i < 10; i++)
            Exchange(peer);
        Assert.False(stopped.IsCompleted);
        peer.Shutdown(SHUT_WR);

        Assert.Equal(0, await stopped.InTime());
    }

    public void Dispose() => _folder.Dispose();

    private static void Exchange(KernelSocket peer)
    {
        SysResult sent = peer.Send("hello"u8);
        Assert.True(sent.IsOk, sent.ToString());
        Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));
        Assert.Equal(5, peer.Receive(new byte[10]).Value);
    }
}
