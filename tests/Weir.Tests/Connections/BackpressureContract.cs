using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>Who does not read stops the peer, costs a bounded amount of memory, and loses nothing.</summary>
public sealed class BackpressureContract
{
    private const int Total = 4 * 1024 * 1024;

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

    // Handlers that hold their blocks park the others; when they let go, everybody is served.
    [Theory, EngineData]
    public async Task ByteBudget_HeldByOthers_ParksReceiving_UntilTheyLetGo(EngineCase engine)
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int held = 0;
        var options = new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096, BytesPerLoop = 3 * 4096 } };
        await using Rig rig = await Rig.StartAsync(
            engine,
            async connection =>
            {
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                Interlocked.Increment(ref held);
                await go.Task.ConfigureAwait(false);
                SequencePosition end = read.Buffer.End;
                await connection.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
                connection.Input.AdvanceTo(end);
            },
            options);
        Peer[] peers = [.. Enumerable.Range(0, 6).Select(_ => rig.Connect())];
        Array.ForEach(peers, peer => peer.Send("hold"));
        await Eventually.True(() => Volatile.Read(ref held) == 3 && rig.Statistics.PausedReceives == 3);
        // More bytes park those as well that hold a block, and nobody a second time.
        for (int i = 0; i < 3; i++)
        {
            foreach (Peer peer in peers)
            {
                long events = rig.Statistics.Events;
                peer.Send("!");
                await Eventually.True(() => rig.Statistics.Events > events);
            }
        }

        LoopStatistics parked = rig.Statistics;
        int holding = Volatile.Read(ref held);
        go.SetResult();
        Assert.Equal((3, 6L, 3 * 4096L), (holding, parked.PausedReceives, parked.BufferedBytes));
        foreach (Peer peer in peers)
        {
            peer.Expect("hold");
            peer.Dispose();
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
