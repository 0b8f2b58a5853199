using System.Collections.Concurrent;
using System.Globalization;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying;

/// <summary>A relay between scripted peers and a server of ours, each on loops of its own. At the end no block stays lent.</summary>
internal sealed class RelayRig : IAsyncDisposable
{
    private readonly Rig? _server;
    private readonly TemporaryFolder _folder;

    private RelayRig(Rig? server, LoopGroup loops, TemporaryFolder folder) => (_server, Loops, _folder) = (server, loops, folder);

    public LoopGroup Loops { get; }

    public Relay Relay { get; private set; } = null!;

    public ConcurrentQueue<ServerEvent> Events { get; } = new();

    /// <summary>The server that is relayed to.</summary>
    public Rig Server => _server!;

    /// <summary>A relay to a server with this handler.</summary>
    public static async Task<RelayRig> StartAsync(
        EngineCase engine, Func<Connection, Task> handler, Func<RelayOptions, RelayOptions>? configure = null, int loopCount = 1)
    {
        Rig server = await Rig.StartAsync(engine, handler);
        return await StartAsync(engine, [server.Url], configure, loopCount, server);
    }

    /// <summary>A relay to these.</summary>
    public static async Task<RelayRig> StartAsync(
        EngineCase engine, SocketUrl[] to, Func<RelayOptions, RelayOptions>? configure = null, int loopCount = 1, Rig? server = null)
    {
        var folder = new TemporaryFolder();
        var rig = new RelayRig(server, engine.CreateLoops(loopCount, new LoopOptions()), folder);
        var options = new RelayOptions
        {
            From = RelayEndpoint.Parse(engine.Listen(folder).ToString(), RelaySide.From),
            To = [.. to.Select(url => RelayEndpoint.Parse(url.ToString(), RelaySide.To))],
            Loops = rig.Loops,
            OnEvent = rig.Events.Enqueue,
        };
        rig.Relay = await Relay.StartAsync(configure is null ? options : configure(options));
        return rig;
    }

    public Peer Connect()
    {
        KernelAddress address = Relay.Listeners[0].LocalAddress;
        var socket = KernelSocket.Create(address.Family, SOCK_STREAM);
        socket.Connect(address, Deadline.Generous);
        return new Peer(socket);
    }

    public ServerEvent[] EventsOf(ServerEventKind kind) => [.. Events.Where(happening => happening.Kind == kind)];

    public static SocketUrl UrlOf(EngineCase engine, KernelAddress address) => SocketUrl.Parse(engine.Family switch
    {
        SocketScheme.Tcp4 => "tcp4://127.0.0.1:" + address.Port.ToString(CultureInfo.InvariantCulture),
        SocketScheme.Tcp6 => "tcp6://[::1]:" + address.Port.ToString(CultureInfo.InvariantCulture),
        _ => "unix://" + address.Path,
    });

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync().AsTask().InTime();
        await Eventually.True(() => Loops.Statistics.All(loop => loop is { BufferedBytes: 0, Connections: 0 }), TimeSpan.FromSeconds(20));
        await Loops.DisposeAsync().AsTask().InTime();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }
}
