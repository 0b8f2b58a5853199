using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

/// <summary>One packet connection between a handler and a raw socket.</summary>
internal static class MessageRig
{
    /// <summary>The handler runs as handlers do, the script on the test's thread; the test ends when both have. What the handler throws is the test's failure.</summary>
    /// <param name="engine">What to run on.</param>
    /// <param name="handler">Serves the connection.</param>
    /// <param name="script">The peer.</param>
    /// <param name="options">The channel's.</param>
    /// <param name="early">What the peer does before the connection is accepted.</param>
    public static async Task RunAsync(
        EngineCase engine,
        Func<MessageChannel, Task> handler,
        Func<KernelSocket, Task> script,
        MessageOptions? options = null,
        Action<KernelSocket>? early = null)
    {
        using var folder = new TemporaryFolder();
        TaskCompletionSource handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayHandle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        var serverOptions = new ServerOptions
        {
            Urls = [SocketUrl.UnixPacket(folder.File("p"))],
            Loops = loops,
            Listener = new ListenerOptions { Messages = options ?? MessageOptions.Default },
        };
        await using (Server server = await Server.StartAsync(serverOptions, new ServerHandlers { Messages = Observed }))
        {
            using var peer = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
            peer.Connect(server.Listeners[0].LocalAddress, Deadline.Generous);
            early?.Invoke(peer);
            mayHandle.SetResult();
            Task scripted = script(peer);
            await (await Task.WhenAny(handled.Task, scripted).InTime());
            await Task.WhenAll(handled.Task, scripted).InTime();
        }

        await Eventually.True(() => loops.Statistics.All(loop => loop.Connections == 0), TimeSpan.FromSeconds(20));
        await loops.DisposeAsync().AsTask().InTime();

        async Task Observed(MessageChannel channel)
        {
            try
            {
                await mayHandle.Task.ConfigureAwait(false);
                await handler(channel).ConfigureAwait(false);
                handled.TrySetResult();
            }
            catch (Exception exception)
            {
                handled.TrySetException(exception);
                throw;
            }
        }
    }
}
