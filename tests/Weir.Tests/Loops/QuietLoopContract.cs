using Weir.Loops;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Loops;

/// <summary>A loop whose connections wait for nothing from the kernel sleeps, whatever the kernel has to tell about them.</summary>
public sealed class QuietLoopContract
{
    private const int Marks = 200;

    // Beyond the wake-ups of the marks: edges of what has just happened.
    private const int Late = 10;

    [Theory, EngineData]
    public Task UnreadBytesAndAnEnd_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.FinishSending());

    [Theory, EngineData]
    public Task UnreadBytesAndAClosedPeer_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.Dispose());

    [Theory, EngineData(SocketScheme.Tcp4)]
    public Task UnreadBytesAndAReset_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.Reset());

    [Theory, EngineData]
    public async Task RoomForOutput_IsNotWatched_WhenNothingWaitsForIt(EngineCase engine)
    {
        byte[] message = new byte[4 * 1024 * 1024];
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            await connection.Output.WriteAsync(message).ConfigureAwait(false);
            await connection.Input.ReadAsync().ConfigureAwait(false);
        });
        using Peer peer = rig.Connect(receiveBufferBytes: 4096);
        await Eventually.True(() => rig.Statistics.RefusedSends > 0);
        Assert.Equal(message.Length, peer.ReceiveExactly(message.Length).Length);
        await Eventually.True(() => rig.Statistics.SentBytes == message.Length);
        await ExpectQuietAsync(rig);
    }

    [Theory, EngineData]
    public async Task UnsentBytesForAPeerThatHasFinished_DoNotKeepTheLoopAwake(EngineCase engine)
    {
        byte[] message = new byte[4 * 1024 * 1024];
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            await connection.Output.WriteAsync(message).ConfigureAwait(false);
            await connection.Input.ReadAsync().ConfigureAwait(false);
        });
        using Peer peer = rig.Connect(receiveBufferBytes: 4096);
        await Eventually.True(() => rig.Statistics.RefusedSends > 0);
        peer.FinishSending();
        await ExpectQuietAsync(rig);
        Assert.Equal(message.Length, peer.ReceiveExactly(message.Length).Length);
    }

    private static async Task StaysAsleepAsync(EngineCase engine, Action<Peer> end)
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new RigOptions { Connection = new ConnectionOptions { ReceiveHighMarkBytes = 1, ReceiveLowMarkBytes = 0 } };
        await using Rig rig = await Rig.StartAsync(
            engine,
            async connection =>
            {
                await go.Task.ConfigureAwait(false);
                await StandardHandlers.Discard(connection).ConfigureAwait(false);
            },
            options);
        using Peer peer = rig.Connect();
        peer.Send(new byte[100]);
        await Eventually.True(() => rig.Statistics.PausedReceives > 0);
        peer.Send(new byte[100]);
        end(peer);
        await ExpectQuietAsync(rig);
        go.SetResult();
        await Eventually.True(() => rig.Server.Statistics.Connections == 0);
    }

    // Each mark may cost one event, which is its wake-up. A loop that spins has more than one for each.
    private static async Task ExpectQuietAsync(Rig rig)
    {
        EventLoop loop = rig.Loops.Loops[0];
        long before = rig.Statistics.Events;
        for (int i = 0; i < Marks; i++)
            await Turn.AfterAsync(loop);
        Assert.InRange(rig.Statistics.Events - before, 0, Marks + Late);
    }
}
