using System.Collections.Concurrent;
using System.Net;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying.Messages;

/// <summary>A relay of datagrams on loops of its own, between raw sockets.</summary>
internal sealed class DatagramRelayRig : IAsyncDisposable
{
    private readonly EngineCase _engine;
    private readonly TemporaryFolder _folder = new();
    private readonly LoopGroup _loops;
    private int _peers;

    private DatagramRelayRig(EngineCase engine)
    {
        _engine = engine;
        _loops = engine.CreateLoops(1, new LoopOptions());
        Backend = Bound("backend");
    }

    public Relay Relay { get; private set; } = null!;

    public KernelSocket Backend { get; }

    public string BackendPath => _folder.File("backend");

    public KernelAddress Address => Relay.Listeners[0].LocalAddress;

    public ConcurrentQueue<ServerEvent> Events { get; } = new();

    public static async Task<DatagramRelayRig> StartAsync(
        EngineCase engine, string? from = null, string[]? before = null, Func<RelayOptions, RelayOptions>? configure = null)
    {
        var rig = new DatagramRelayRig(engine);
        from ??= engine.Family == SocketScheme.UnixGram ? $"unixgram://{rig._folder.File("relay")}" : "udp4://127.0.0.1:0";
        string[] to = [.. before ?? [], rig.Backend.LocalAddress.Describe(engine.Family)];
        var options = new RelayOptions
        {
            From = RelayEndpoint.Parse(from, RelaySide.From),
            To = [.. to.Select(url => RelayEndpoint.Parse(url, RelaySide.To))],
            Loops = rig._loops,
            OnEvent = rig.Events.Enqueue,
        };
        rig.Relay = await Relay.StartAsync(configure is null ? options : configure(options));
        return rig;
    }

    /// <summary>A socket with an address of its own.</summary>
    public KernelSocket Peer() => Bound($"peer{Interlocked.Increment(ref _peers)}");

    public (string Text, KernelAddress From) ReceiveAtBackend()
    {
        byte[] buffer = new byte[64 * 1024];
        Assert.True(Backend.WaitFor(POLLIN, Deadline.Generous), "the backend got nothing in time");
        SysResult received = Backend.ReceiveFrom(buffer, out KernelAddress from);
        Assert.True(received.IsOk, $"receive: {received}");
        return (Bytes.Text(buffer.AsSpan(0, received.Value)), from);
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync().AsTask().InTime();
        await Eventually.True(() => _loops.Statistics.All(loop => loop.Connections == 0), TimeSpan.FromSeconds(20));
        await _loops.DisposeAsync().AsTask().InTime();
        Backend.Dispose();
        _folder.Dispose();
    }

    private KernelSocket Bound(string name)
    {
        KernelAddress address = _engine.Family == SocketScheme.UnixGram
            ? KernelAddress.FromUnixPath(_folder.File(name))
            : KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0);
        var socket = KernelSocket.Create(address.Family, SOCK_DGRAM);
        socket.Bind(address);
        return socket;
    }
}
