using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>Who does not read stops the peer, costs a bounded amount of memory, and loses nothing.</summary>
public sealed class BackpressureContract
{
    private const int Total = 4 * 1024 * 1024;

    // Enough for what takes a few turns of a loop, and a failure does not keep the suite waiting.
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(10);

    [Theory, EngineData]
    public async Task AReaderThatStops_StopsTheLoopAtTheHighMark_AndGoesOnAtTheLowMark(EngineCase engine)
    {
        TaskCompletionSource<Connection> served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new RigOptions
        {
            Loop = new LoopOptions { BlockSizeBytes = 4096 },
            Connection = new ConnectionOptions { ReceiveHighMarkBytes = 32 * 1024, ReceiveLowMarkBytes = 8 * 1024 },
        };
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                served.SetResult(connection);
                await go.Task.ConfigureAwait(false);
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                Assert.InRange(read.Buffer.Length, 32 * 1024, 36 * 1024 - 1);
                // Down to one byte above the low mark, nothing more is received.
                long keep = (8 * 1024) + 1;
                connection.Input.AdvanceTo(read.Buffer.GetPosition(read.Buffer.Length - keep));
                long received = connection.ReceivedBytes;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System).ConfigureAwait(false);
                Assert.Equal((received, keep), (connection.ReceivedBytes, connection.Input.BufferedBytes));
                byte[] rest = new byte[Total - received + keep];
                await connection.Input.ReadExactlyAsync(rest).ConfigureAwait(false);
                Assert.True(rest.AsSpan().SequenceEqual(Bytes.Pattern(rest.Length, Total - rest.Length)));
            },
            async peer =>
            {
                Task sending = Task.Run(() => peer.Send(Bytes.Pattern(Total)));
                Connection connection = await served.Task.InTime();
                await Eventually.True(() => connection.Input.BufferedBytes >= 32 * 1024);
                await Eventually.True(() => connection.Queues.Kernel.ReceiveBytes > 0);
                Assert.InRange(connection.Input.BufferedBytes, 32 * 1024, 36 * 1024);
                go.SetResult();
                await sending.InTime();
                peer.ExpectEnd();
            },
            options);
    }

    // One block is all that the loop may lend, and fifty connections want it.
    [Theory, EngineData]
    public async Task TinyByteBudget_ConnectionsWaitForBuffers_AndAllFinish(EngineCase engine)
    {
        const int Peers = 50;
        const int Each = 40_000;
        var options = new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096, BytesPerLoop = 4096 } };
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, options);
        Peer[] peers = [.. Enumerable.Range(0, Peers).Select(_ => rig.Connect())];
        Task[] exchanges = [.. peers.Select(peer => Task.Factory.StartNew(
            () =>
            {
                peer.Send(Bytes.Pattern(Each));
                peer.FinishSending();
                Assert.True(peer.ReceiveToEnd().AsSpan().SequenceEqual(Bytes.Pattern(Each)));
            },
            TaskCreationOptions.LongRunning))];
        await Task.WhenAll(exchanges).InTime();
        Array.ForEach(peers, peer => peer.Dispose());
    }

    // Who holds unread bytes waits for buffers, who holds none gets one all the same; when they let go, everybody goes on.
    [Theory, EngineData]
    public async Task ByteBudget_HeldByOthers_ParksWhoHoldsBytes_AndServesWhoHoldsNone(EngineCase engine)
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int held = 0;
        var options = new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096, BytesPerLoop = 2 * 4096 } };
        await using Rig rig = await Rig.StartAsync(engine, HoldThenEchoAsync, options);
        Peer[] holders = [.. Enumerable.Range(0, 3).Select(_ => rig.Connect())];
        using Peer fresh = rig.Connect();
        try
        {
            // Three blocks over a budget of two: the third holder had none before.
            Array.ForEach(holders, peer => peer.Send("hold"));
            await Eventually.True(() => Volatile.Read(ref held) == 3 && rig.Statistics.BufferedBytes == 3 * 4096, s_short);
            // Each is parked once: by its first further bytes, or before, on a unix socket, where the loop looks whether there are any. Edges go
            // on to be reported; a level that nobody wants is not watched.
            bool isLevel = rig.Loops.Loops[0].IsLevelTriggered || rig.Loops.Loops[0].ReceivesByCompletion;
            for (int i = 0; i < 9; i++)
            {
                long events = rig.Statistics.Events;
                holders[i % 3].Send($"more{i}");
                int sent = Math.Min(i + 1, 3);
                await Eventually.True(() => (isLevel || rig.Statistics.Events > events) && rig.Statistics.PausedReceives >= sent, s_short);
            }

            for (int i = 1; i <= 3; i++)
            {
                fresh.Send("fresh");
                await Eventually.True(() => rig.Statistics.SentBytes == 5 * i, s_short);
                fresh.Expect("fresh");
            }

            // A receive that was under way when the budget was used up brings what comes next, and no more.
            long underWay = rig.Loops.Loops[0].ReceivesByCompletion ? 3 * 5 : 0;
            Assert.InRange(rig.Statistics.ReceivedBytes, (3 * 4) + (3 * 5), (3 * 4) + (3 * 5) + underWay);
            // Who looks again after a short read, as on unix sockets, may find the budget used up while the reader has not run yet.
            if (engine.IsTcp && rig.Loops.EngineName != "uring")
                Assert.Equal(3, rig.Statistics.PausedReceives);
            go.SetResult();
            await Eventually.True(() => rig.Statistics.SentBytes == (3 * 5) + (3 * 19), s_short);
            for (int i = 0; i < 3; i++)
            {
                holders[i].FinishSending();
                Assert.Equal($"holdmore{i}more{i + 3}more{i + 6}", Bytes.Text(holders[i].ReceiveToEnd()));
            }
        }
        finally
        {
            go.TrySetResult();
            Array.ForEach(holders, peer => peer.Dispose());
        }

        async Task HoldThenEchoAsync(Connection connection)
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            if (read.Buffer.Length == 4)
            {
                Interlocked.Increment(ref held);
                await go.Task.ConfigureAwait(false);
            }

            SequencePosition end = read.Buffer.End;
            await connection.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
            connection.Input.AdvanceTo(end);
            await StandardHandlers.Echo(connection).ConfigureAwait(false);
        }
    }

    // The flood never ends; the small exchange beside it, on the same loop, does.
    [Theory, EngineData]
    public async Task AFloodingConnection_LeavesTheOthersTheirTurn(EngineCase engine)
    {
        var options = new RigOptions
        {
            Loop = new LoopOptions { BytesPerTurn = 16 * 1024 },
            // At the high mark after every block: each turn of the handler asks for the next receive.
            Connection = new ConnectionOptions { ReceiveHighMarkBytes = 16 * 1024, ReceiveLowMarkBytes = 0 },
        };
        await using Rig rig = await Rig.StartAsync(engine, ServeAsync, options);
        using Peer flood = rig.Connect();
        using Peer good = rig.Connect();
        using var enough = new CancellationTokenSource();
        Task flooding = Task.Factory.StartNew(
            () =>
            {
                byte[] chunk = new byte[256 * 1024];
                while (!enough.IsCancellationRequested)
                    flood.Send(chunk);
            },
            TaskCreationOptions.LongRunning);
        await Eventually.True(() => rig.Statistics.ReceivedBytes > 1_000_000);
        for (int i = 0; i < 100; i++)
        {
            good.Send("+ping");
            good.Expect("+ping");
        }

        await enough.CancelAsync();
        await flooding.InTime();

        static async Task ServeAsync(Connection connection)
        {
            while (true)
            {
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                (SequencePosition end, bool isLast) = (read.Buffer.End, read.IsCompleted);
                if (!read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] == '+')
                    await connection.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
                connection.Input.AdvanceTo(end);
                if (isLast)
                    return;
            }
        }
    }
}
