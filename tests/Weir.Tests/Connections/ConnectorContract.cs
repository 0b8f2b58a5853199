using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Connections;

/// <summary>Connections that we make.</summary>
public sealed class ConnectorContract
{
    [Theory, EngineData]
    public async Task Connect_Talks_AndDisposeClosesInOrder(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using (Connection connection = await Connector.ConnectAsync(rig.Url, new ConnectorOptions { Loops = rig.Loops }))
        {
            await connection.Output.WriteAsync(Bytes.Of("hello"));
            byte[] answer = new byte[5];
            await connection.Input.ReadExactlyAsync(answer).AsTask().InTime();
            Assert.Equal("hello", Bytes.Text(answer));
        }

        await Eventually.True(() => rig.Server.Statistics is { Accepted: 1, Connections: 0 });
    }

    [Theory, EngineData]
    public async Task Connect_WhereNobodyListens_IsRefused(EngineCase engine)
    {
        Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        SocketUrl url = rig.Url;
        await rig.DisposeAsync();
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        SocketCallException refused = await Assert.ThrowsAsync<SocketCallException>(
            () => Connector.ConnectAsync(url, new ConnectorOptions { Loops = loops }).InTime());
        Assert.Equal(engine.IsTcp ? Errno.ECONNREFUSED : Errno.ENOENT, refused.Errno);
    }

    // A listener whose queue is full drops what comes; unix sockets say so at once.
    [Theory, EngineData]
    public async Task Connect_ToAFullBacklog_TimesOutOrIsCancelled(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        using var listener = KernelSocket.Create(engine.Family switch { SocketScheme.Tcp4 => AF_INET, SocketScheme.Tcp6 => AF_INET6, _ => AF_UNIX }, SOCK_STREAM);
        listener.Bind((await SocketUrlResolver.ResolveForListeningAsync(engine.Listen(folder), default))[0].Address);
        listener.Listen(backlog: 1);
        SocketUrl url = SocketUrl.Parse(listener.LocalAddress.Describe(engine.Family));
        List<KernelSocket> waiting = [];
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        try
        {
            for (int i = 0; i < 4; i++)
            {
                var socket = KernelSocket.Create(listener.LocalAddress.Family, SOCK_STREAM);
                socket.Connect(listener.LocalAddress);
                waiting.Add(socket);
            }

            var options = new ConnectorOptions { Loops = loops, Timeout = TimeSpan.FromMilliseconds(100) };
            SocketCallException failed = await Assert.ThrowsAsync<SocketCallException>(() => Connector.ConnectAsync(url, options).InTime());
            Assert.Equal(engine.IsTcp ? Errno.ETIMEDOUT : Errno.EAGAIN, failed.Errno);
            if (!engine.IsTcp)
                return;
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Connector.ConnectAsync(url, options with { Timeout = Timeout.InfiniteTimeSpan }, source.Token).InTime());
        }
        finally
        {
            waiting.ForEach(socket => socket.Dispose());
        }
    }

    // The kernel refuses a keep-alive of no time at all: whoever has the connection must learn it.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task Connection_ThatCannotBeOpened_TellsItsOwner(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        var options = new ConnectorOptions
        {
            Loops = rig.Loops,
            Connection = new ConnectionOptions { KeepAlive = new KeepAliveOptions(TimeSpan.Zero, TimeSpan.FromSeconds(1), 1) },
        };
        await using Connection connection = await Connector.ConnectAsync(rig.Url, options);
        SocketCallException refused =
            await Assert.ThrowsAsync<SocketCallException>(() => connection.Input.ReadAsync().AsTask().InTime());
        Assert.Equal(Errno.EINVAL, refused.Errno);
        Assert.True((await connection.Output.WriteAsync(new byte[1])).IsCompleted);
        await connection.Closed.InTime();
    }
}
