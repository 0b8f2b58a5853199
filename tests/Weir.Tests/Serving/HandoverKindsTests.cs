using System.Text;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>Datagrams and packets: their sockets go over as listeners do.</summary>
public sealed class HandoverKindsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopGroup _loops = new(2);

    private SocketUrl[] Urls =>
    [
        SocketUrl.Parse("udp4://127.0.0.1:0"),
        SocketUrl.UnixGram(_folder.File("gram")),
        SocketUrl.UnixPacket(_folder.File("packet")),
    ];

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public async Task TheNextServer_AnswersOnTheSameAddresses()
    {
        await using Server first = await StartAsync(Urls);
        KernelAddress[] addresses = [.. first.Listeners.Select(listener => listener.LocalAddress)];
        using var client = new Clients(addresses);
        client.ExchangeAll();

        await using Server second = await StartAsync(Urls);

        Assert.Equal(3, (await first.HandedOver.InTime()).Listeners);
        Assert.Equal(addresses, second.Listeners.Select(listener => listener.LocalAddress));
        client.ExchangeAll();
        client.Dispose();
        Assert.Equal(0, await first.StopAsync(Deadline.Generous).InTime());
        using (var fresh = new Clients(addresses))
            fresh.ExchangeAll();
        Assert.Equal(0, await second.StopAsync(Deadline.Generous).InTime());
        Assert.False(File.Exists(_folder.File("gram")));
        Assert.False(File.Exists(_folder.File("packet")));
    }

    [Fact]
    public async Task AStartThatFails_LeavesNoSocketOpen_AndTheOldServerServing()
    {
        await using Server first = await StartAsync(Urls);
        KernelAddress[] addresses = [.. first.Listeners.Select(listener => listener.LocalAddress)];
        int open = DescriptorsOf(first);
        Assert.Equal(_loops.Count + 2, open);

        await Assert.ThrowsAsync<SocketCallException>(() => StartAsync([.. Urls, SocketUrl.Unix(_folder.File("missing/s"))]));

        await Eventually.True(() => DescriptorsOf(first) == open);
        using var client = new Clients(addresses);
        client.ExchangeAll();
    }

    // SCM_MAX_FD is 253 for a message, and each listener has one of its own.
    [Fact]
    public async Task MoreListenersThanAMessageCarriesDescriptors_AllGoOver()
    {
        const int Count = 300;
        SocketUrl[] urls = [.. Enumerable.Range(0, Count).Select(i => SocketUrl.Unix(_folder.File($"s{i}")))];
        await using Server first = await StartAsync(urls);

        await using Server second = await StartAsync(urls);

        Assert.Equal(Count, (await first.HandedOver.InTime()).Listeners);
        Assert.Equal(0, await first.StopAsync(Deadline.Generous).InTime());
        Assert.All(urls, url => Assert.True(File.Exists(url.Path)));
        using var client = KernelSocket.Create(AF_UNIX, SOCK_STREAM);
        client.Connect(second.Listeners[^1].LocalAddress, Deadline.Generous);
        client.Send("x"u8);
        Assert.True(client.WaitFor(POLLIN, Deadline.Generous));
    }

    // Both ask at the same moment: one after the other has the sockets, whoever comes first.
    [Fact]
    public async Task TwoNewServersAtOnce_TakeTurns()
    {
        Server[] servers = [await StartAsync(Urls)];
        using var client = new Clients([.. servers[0].Listeners.Take(2).Select(listener => listener.LocalAddress)]);

        Server[] next = await Task.WhenAll(Task.Run(() => StartAsync(Urls)), Task.Run(() => StartAsync(Urls))).InTime();

        Assert.Equal(3, (await servers[0].HandedOver.InTime()).Listeners);
        await Eventually.True(() => next.Any(server => server.HandedOver.IsCompleted));
        Server last = Assert.Single(next, server => !server.HandedOver.IsCompleted);
        Server between = Assert.Single(next, server => server != last);
        Assert.Equal(0, await servers[0].StopAsync(Deadline.Generous).InTime());
        Assert.Equal(0, await between.StopAsync(Deadline.Generous).InTime());
        client.ExchangeAll();
        await last.StopAsync(Deadline.Generous).InTime();
    }

    // Every datagram has its answer, though two processes receive for a moment.
    [Fact]
    public async Task DatagramsSentMeanwhile_AreAllAnswered()
    {
        const int Restarts = 5;
        Server server = await StartAsync(Urls);
        using var client = new Clients([.. server.Listeners.Take(2).Select(listener => listener.LocalAddress)]);
        using var stop = new CancellationTokenSource();
        Task<int> asking = Task.Run(() =>
        {
            int count = 0;
            for (; !stop.IsCancellationRequested; count++)
                client.ExchangeAll();
            return count;
        });
        for (int i = 0; i < Restarts; i++)
        {
            Server next = await StartAsync(Urls);
            await server.HandedOver.InTime();
            Assert.Equal(0, await server.StopAsync(Deadline.Generous).InTime());
            server = next;
        }

        await stop.CancelAsync();
        Assert.True(await asking.InTime() > 0);
        await server.StopAsync(Deadline.Generous).InTime();
    }

    public async Task DisposeAsync()
    {
        await _loops.DisposeAsync();
        _folder.Dispose();
    }

    private Task<Server> StartAsync(SocketUrl[] urls) => Server.StartAsync(
        new ServerOptions { Urls = urls, Loops = _loops, HandoverPath = _folder.File("door") },
        new ServerHandlers { Connections = StandardHandlers.Echo, Messages = StandardHandlers.Echo, Datagrams = StandardHandlers.Echo });

    // Whoever else has a descriptor of the server's sockets keeps their addresses bound.
    private static int DescriptorsOf(Server server)
    {
        HashSet<string?> sockets = [.. server.Listeners
            .SelectMany(listener => ((IHandoverSource)listener).Offer().Sockets)
            .Select(socket => Target($"/proc/self/fd/{socket.Fd.Number}"))];
        return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(path => sockets.Contains(Target(path)));
    }

    // Null for a descriptor that others have closed meanwhile.
    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A connected socket for each address.</summary>
    private sealed class Clients : IDisposable
    {
        private readonly KernelSocket[] _sockets;
        private int _count;

        public Clients(KernelAddress[] addresses) => _sockets = [.. addresses.Select(Connect)];

        public void ExchangeAll()
        {
            byte[] question = Encoding.ASCII.GetBytes($"question {++_count}");
            byte[] answer = new byte[100];
            foreach (KernelSocket socket in _sockets)
            {
                Assert.Equal(question.Length, socket.Send(question).Value);
                Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), $"no answer to number {_count} from {socket.PeerAddress}");
                Assert.Equal(question, answer[..socket.Receive(answer).Value]);
            }
        }

        public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

        private static KernelSocket Connect(KernelAddress address)
        {
            bool isPacket = address.Path?.EndsWith("packet", StringComparison.Ordinal) == true;
            var socket = KernelSocket.Create(address.Family, isPacket ? SOCK_SEQPACKET : SOCK_DGRAM);
            // A unix socket needs a name to be answered; the kernel gives it one (unix(7), autobind).
            if (address.IsUnix && !isPacket)
                socket.Bind(KernelAddress.FromBytes([AF_UNIX, 0]));
            socket.Connect(address, Deadline.Generous);
            return socket;
        }
    }
}
