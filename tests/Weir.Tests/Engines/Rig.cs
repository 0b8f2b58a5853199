using System.Collections.Concurrent;
using System.Globalization;
using Weir.Sockets;
using Weir.Testing;
using Xunit.Sdk;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Engines;

/// <summary>How a test wants its server; every default is the library's, except that there is one loop.</summary>
internal sealed record RigOptions
{
    public int LoopCount { get; init; } = 1;

    public LoopOptions Loop { get; init; } = new();

    public ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    public int MaxConnections { get; init; } = int.MaxValue;

    public bool SingleAcceptor { get; init; }

    public string Query { get; init; } = "";
}

/// <summary>A server on loops of its own, and peers that connect to it. Its end is part of every test: no block stays lent, and no operation stays in the kernel.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly EngineCase _engine;
    private readonly TemporaryFolder _folder;

    private Rig(EngineCase engine, LoopGroup loops, TemporaryFolder folder) => (_engine, Loops, _folder) = (engine, loops, folder);

    public LoopGroup Loops { get; }

    public Server Server { get; private set; } = null!;

    public ConcurrentQueue<ServerEvent> Events { get; } = new();

    public LoopStatistics Statistics => Loops.Statistics[0];

    public KernelAddress Address => Server.Listeners[0].LocalAddress;

    /// <summary>The address as a URL, for connectors.</summary>
    public SocketUrl Url => SocketUrl.Parse(_engine.Family switch
    {
        SocketScheme.Tcp4 => "tcp4://127.0.0.1:" + Address.Port.ToString(CultureInfo.InvariantCulture),
        SocketScheme.Tcp6 => "tcp6://[::1]:" + Address.Port.ToString(CultureInfo.InvariantCulture),
        _ => "unix://" + Address.Path,
    });

    public static async Task<Rig> StartAsync(EngineCase engine, Func<Connection, Task> handler, RigOptions? options = null)
    {
        options ??= new RigOptions();
        var folder = new TemporaryFolder();
        var rig = new Rig(engine, engine.CreateLoops(options.LoopCount, options.Loop), folder);
        var serverOptions = new ServerOptions
        {
            Urls = [engine.Listen(folder, options.Query)],
            Loops = rig.Loops,
            Listener = new ListenerOptions { Connection = options.Connection, SingleAcceptor = options.SingleAcceptor },
            MaxConnections = options.MaxConnections,
            OnEvent = rig.Events.Enqueue,
        };
        rig.Server = await Server.StartAsync(serverOptions, handler);
        return rig;
    }

    /// <summary>
    /// One connection: the handler runs as handlers do, the script on the test's thread, and the test ends when both have. What the
    /// handler throws is the test's failure.
    /// </summary>
    public static async Task RunAsync(
        EngineCase engine, Func<Connection, Task> handler, Func<Peer, Task> script, RigOptions? options = null, int peerReceiveBufferBytes = 0)
    {
        TaskCompletionSource handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await StartAsync(engine, Observed, options);
        using Peer peer = rig.Connect(peerReceiveBufferBytes);
        Task scripted = script(peer);
        await (await Task.WhenAny(handled.Task, scripted).InTime());
        await Task.WhenAll(handled.Task, scripted).InTime();

        async Task Observed(Connection connection)
        {
            try
            {
                await handler(connection).ConfigureAwait(false);
                handled.TrySetResult();
            }
            catch (Exception exception)
            {
                handled.TrySetException(exception);
                throw;
            }
        }
    }

    /// <param name="receiveBufferBytes">A small fixed buffer, so that the peer's window fills soon; 0 leaves it to the kernel.</param>
    public Peer Connect(int receiveBufferBytes = 0)
    {
        var socket = KernelSocket.Create(Address.Family, SOCK_STREAM);
        if (receiveBufferBytes > 0)
            socket.Set(SocketOptions.ReceiveBufferBytes, receiveBufferBytes);
        socket.Connect(Address, Deadline.Generous);
        return new Peer(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().AsTask().InTime();
        try
        {
            await Eventually.True(
                () => Loops.Statistics.All(loop => loop is { BufferedBytes: 0, Connections: 0, OutstandingOperations: 0 }), TimeSpan.FromSeconds(20));
        }
        catch (XunitException failure)
        {
            throw new XunitException(string.Join('\n', Loops.Statistics), failure);
        }

        await Loops.DisposeAsync().AsTask().InTime();
        _folder.Dispose();
    }
}
