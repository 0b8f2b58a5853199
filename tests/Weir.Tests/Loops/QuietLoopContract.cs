using Weir.Loops;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Loops;

/// <summary>A loop whose connections wait for nothing from the kernel sleeps, whatever the kernel has to tell about them.</summary>
public sealed class QuietLoopContract
{
    private const int Marks = 200;
    private const int LongBytes = 4 * 1024 * 1024;

    // Beyond the wake-ups of the marks: edges of what has just happened.
    private const int Late = 10;

    [Theory, EngineData]
    public Task UnreadBytesAndAnEnd_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.FinishSending());

    [Theory, EngineData]
    public Task UnreadBytesAndAClosedPeer_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.Dispose());

    [Theory, EngineData(SocketScheme.Tcp4)]
    public Task UnreadBytesAndAReset_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepAsync(engine, peer => peer.Reset());

    [Theory, EngineData]
    public Task RoomForOutput_IsNotWatched_WhenNothingWaitsForIt(EngineCase engine) => StaysAsleepWithUnsentAsync(engine, async (rig, peer) =>
    {
        Assert.Equal(LongBytes, peer.ReceiveExactly(LongBytes).Length);
        await Eventually.True(() => rig.Statistics.SentBytes == LongBytes);
    });

    [Theory, EngineData]
    public Task UnsentBytesForAPeerThatHasFinished_DoNotKeepTheLoopAwake(EngineCase engine) => StaysAsleepWithUnsentAsync(engine, (_, peer) =>
    {
        peer.FinishSending();
        return Task.CompletedTask;
    });

    [Theory, EngineData(SocketScheme.Unix)]
    public Task UnsentBytesForAPeerThatTakesNoMore_EndTheConnection(EngineCase engine) => StaysAsleepWithUnsentAsync(engine, async (rig, peer) =>
    {
        // It keeps its socket: that is a hang-up without room.
        peer.Socket.Shutdown(SHUT_RDWR);
        await Eventually.True(() => rig.Statistics.Connections == 0);
    });

    private static async Task StaysAsleepWithUnsentAsync(EngineCase engine, Func<Rig, Peer, Task> next)
    {
        byte[] message = new byte[LongBytes];
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            await connection.Output.WriteAsync(message).ConfigureAwait(false);
            await connection.Input.ReadAsync().ConfigureAwait(false);
        });
        using Peer peer = rig.Connect(receiveBufferBytes: 4096);
        await Eventually.True(() => rig.Statistics.RefusedSends > 0);
        await next(rig, peer);
        await ExpectQuietAsync(rig);
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
