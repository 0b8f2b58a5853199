using System.Collections.Concurrent;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Collecting;

/// <summary>A file, loops, and peers that connect.</summary>
public abstract class CollectorTestBase : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopGroup _loops;

    protected CollectorTestBase(LoopOptions? options = null) => _loops = new LoopGroup(2, options);

    private protected static SocketUrl Any => SocketUrl.Parse("tcp4://127.0.0.1:0");

    protected string Log => PathOf("log");

    protected ConcurrentQueue<ServerEvent> Events { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Eventually.True(() => _loops.Statistics.All(loop => loop is { BufferedBytes: 0, Connections: 0 }));
        await _loops.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string name) => _folder.File(name);

    protected Task<Collector> StartAsync(CollectorOptions options) => Collector.StartAsync(Options(options) with { FilePath = Log });

    protected CollectorOptions Options(CollectorOptions options) => options with { Loops = _loops, OnEvent = Events.Enqueue };

    private protected static Peer Connect(Collector collector, int listener = 0)
    {
        Listener target = collector.Listeners[listener];
        int type = target.Scheme == SocketScheme.UnixPacket ? SOCK_SEQPACKET : target.Scheme.IsDatagram() ? SOCK_DGRAM : SOCK_STREAM;
        var socket = KernelSocket.Create(target.LocalAddress.Family, type);
        socket.Connect(target.LocalAddress, Deadline.Generous);
        return new Peer(socket);
    }

    private protected static void SendAll(Collector collector, string text, int pieceBytes)
    {
        using Peer peer = Connect(collector);
        ReadOnlySpan<byte> rest = Bytes.Of(text);
        for (; rest.Length > pieceBytes; rest = rest[pieceBytes..])
            peer.Send(rest[..pieceBytes]);
        peer.Send(rest);
    }
}
