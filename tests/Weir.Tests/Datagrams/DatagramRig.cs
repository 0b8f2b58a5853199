using System.Net;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Datagrams;

/// <summary>A channel on loops of its own, and raw sockets that send to it and receive from it.</summary>
internal sealed class DatagramRig : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EngineCase _engine;
    private int _names;

    public DatagramRig(EngineCase engine)
    {
        _engine = engine;
        Loops = engine.CreateLoops(1, new LoopOptions());
    }

    public LoopGroup Loops { get; }

    public DatagramChannel Channel { get; private set; } = null!;

    public KernelAddress Address => Channel.LocalAddress;

    public static async Task<DatagramRig> BindAsync(EngineCase engine, DatagramOptions? options = null, string query = "")
    {
        var rig = new DatagramRig(engine);
        SocketUrl url = SocketUrl.Parse(rig.FreshUrl() + query);
        rig.Channel = await DatagramChannel.BindAsync(url, (options ?? new DatagramOptions()) with { Loops = rig.Loops });
        return rig;
    }

    public static async Task<(DatagramRig Rig, KernelSocket Peer)> ConnectAsync(EngineCase engine, DatagramOptions? options = null)
    {
        var rig = new DatagramRig(engine);
        KernelSocket peer = rig.BoundPeer();
        SocketUrl url = SocketUrl.Parse(peer.LocalAddress.Describe(engine.Family));
        rig.Channel = await DatagramChannel.ConnectAsync(url, (options ?? new DatagramOptions()) with { Loops = rig.Loops });
        return (rig, peer);
    }

    public Task<DatagramChannel> ConnectToAsync(KernelAddress address) => DatagramChannel.ConnectAsync(
        SocketUrl.Parse(address.Describe(_engine.Family)), new DatagramOptions { Loops = Loops });

    /// <summary>A socket with an address of its own.</summary>
    public KernelSocket BoundPeer()
    {
        KernelAddress address = _engine.Family switch
        {
            SocketScheme.Udp4 => KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0),
            SocketScheme.Udp6 => KernelAddress.FromIPAddress(IPAddress.IPv6Loopback, port: 0),
            _ => KernelAddress.FromUnixPath(_folder.File($"peer{Interlocked.Increment(ref _names)}")),
        };
        var socket = KernelSocket.Create(address.Family, SOCK_DGRAM);
        socket.Bind(address);
        return socket;
    }

    public static void Send(KernelSocket from, ReadOnlySpan<byte> bytes, KernelAddress to)
    {
        SysResult sent;
        while ((sent = from.SendTo(bytes, to)).Errno is Errno.EAGAIN)
            Thread.Yield();
        Assert.True(sent.IsOk, $"send: {sent}");
    }

    public static void Send(KernelSocket from, string text, KernelAddress to) => Send(from, Bytes.Of(text), to);

    /// <summary>The next datagram that a raw socket gets.</summary>
    public static byte[] Receive(KernelSocket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        SysResult received = default;
        Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "the peer got nothing in time");
        received = socket.Receive(buffer);
        Assert.True(received.IsOk, $"receive: {received}");
        return buffer[..received.Value];
    }

    /// <summary>Receives this many on the channel, each as text.</summary>
    public async Task<List<string>> ReceiveTextsAsync(int count)
    {
        List<string> texts = [];
        while (texts.Count < count && await Channel.ReceiveAsync().AsTask().InTime() is { IsEnd: false } batch)
        {
            foreach (ReceivedDatagram datagram in batch)
                texts.Add(Bytes.Text(datagram.Bytes));
        }

        return texts;
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync().AsTask().InTime();
        await Eventually.True(() => Loops.Statistics.All(loop => loop.Connections == 0), TimeSpan.FromSeconds(20));
        await Loops.DisposeAsync().AsTask().InTime();
        _folder.Dispose();
    }

    private string FreshUrl() => _engine.Family switch
    {
        SocketScheme.Udp4 => "udp4://127.0.0.1:0",
        SocketScheme.Udp6 => "udp6://[::1]:0",
        _ => $"unixgram://{_folder.File("channel")}",
    };
}
