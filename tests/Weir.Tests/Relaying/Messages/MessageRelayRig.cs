using System.Collections.Concurrent;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying.Messages;

/// <summary>A relay of packets on loops of its own, between raw sockets.</summary>
internal sealed class MessageRelayRig : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopGroup _loops;
    private readonly KernelSocket _backend;

    private MessageRelayRig(EngineCase engine)
    {
        _loops = engine.CreateLoops(1, new LoopOptions());
        _backend = Listen("backend");
    }

    public Relay Relay { get; private set; } = null!;

    public string Path => _folder.File("relay");

    public KernelAddress BackendAddress => _backend.LocalAddress;

    public ConcurrentQueue<ServerEvent> Events { get; } = new();

    /// <param name="engine">What to run on.</param>
    /// <param name="before">The name of another backend, tried first.</param>
    /// <param name="query">Options of the backend's URL.</param>
    /// <param name="configure">The relay's.</param>
    public static async Task<MessageRelayRig> StartAsync(
        EngineCase engine, string? before = null, string query = "", Func<RelayOptions, RelayOptions>? configure = null)
    {
        var rig = new MessageRelayRig(engine);
        string[] names = before is null ? ["backend"] : [before, "backend"];
        var options = new RelayOptions
        {
            From = RelayEndpoint.Parse($"unixpacket://{rig.Path}", RelaySide.From),
            To = [.. names.Select(name => RelayEndpoint.Parse($"unixpacket://{rig._folder.File(name)}{query}", RelaySide.To))],
            Loops = rig._loops,
            OnEvent = rig.Events.Enqueue,
        };
        rig.Relay = await Relay.StartAsync(configure is null ? options : configure(options));
        return rig;
    }

    public KernelSocket Listen(string name)
    {
        var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        socket.Bind(KernelAddress.FromUnixPath(_folder.File(name)));
        socket.Listen(backlog: 16);
        return socket;
    }

    public KernelSocket Connect()
    {
        var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        socket.Connect(Relay.Listeners[0].LocalAddress, Deadline.Generous);
        return socket;
    }

    /// <summary>The next connection at the backend.</summary>
    public KernelSocket Accept() => Accept(_backend);

    public static KernelSocket Accept(KernelSocket listener)
    {
        Assert.True(listener.WaitFor(POLLIN, Deadline.Generous), "nobody connected in time");
        return listener.TryAccept(out _)!;
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync().AsTask().InTime();
        await Eventually.True(() => _loops.Statistics.All(loop => loop.Connections == 0), TimeSpan.FromSeconds(20));
        await _loops.DisposeAsync().AsTask().InTime();
        _backend.Dispose();
        _folder.Dispose();
    }
}
