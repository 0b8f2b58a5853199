using System.Collections.Concurrent;
using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Serving;

/// <summary>The end of a server: what was sent before it is answered, and it comes in time.</summary>
public sealed class StoppingContract
{
    [Theory, EngineData]
    public async Task Stop_AnswersEverythingThatWasSent(EngineCase engine)
    {
        ConcurrentBag<Connection> connections = [];
        await using Rig rig = await Rig.StartAsync(
            engine,
            connection =>
            {
                connections.Add(connection);
                return StandardHandlers.Echo(connection);
            },
            new RigOptions { LoopCount = 2 });
        Peer[] peers = [.. Enumerable.Range(0, 20).Select(_ => rig.Connect())];
        foreach (Peer peer in peers)
            peer.Send(Bytes.Pattern(20_000));
        await Eventually.True(() => connections.Count == 20 && connections.All(connection => Arrived(connection) == 20_000));
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        foreach (Peer peer in peers)
        {
            Assert.Equal(Bytes.Pattern(20_000), peer.ReceiveToEnd());
            peer.Dispose();
        }

        Assert.Equal(0, await stopped.InTime());
        ServerStatistics statistics = rig.Server.Statistics;
        Assert.Equal((20L, 0, 400_000L, 400_000L), (statistics.Accepted, statistics.Connections, statistics.ReceivedBytes, statistics.SentBytes));
    }

    // They are connected, as far as they know, and have asked already.
    [Theory, EngineData]
    public async Task Stop_ServesWhoWaitsInTheAcceptQueue(EngineCase engine)
    {
        using ManualResetEventSlim go = new();
        using ManualResetEventSlim blocked = new();
        await using Rig rig = await Rig.StartAsync(
            engine,
            connection =>
            {
                if (engine.IsInline && !blocked.IsSet)
                {
                    blocked.Set();
                    go.Wait();
                }

                return StandardHandlers.Echo(connection);
            },
            new RigOptions { Loop = new LoopOptions { AcceptsPerTurn = 1 } });
        Peer[] peers = [.. Enumerable.Range(0, 10).Select(_ => rig.Connect())];
        foreach (Peer peer in peers)
            peer.Send("hello");
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        go.Set();
        foreach (Peer peer in peers)
        {
            Assert.Equal("hello", Bytes.Text(peer.ReceiveToEnd()));
            peer.Dispose();
        }

        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(10, rig.Server.Statistics.Accepted);
    }

    [Theory, EngineData]
    public async Task Stop_AtTheLimitOfConnections_ServesWhoWaitsForAPlace(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { MaxConnections = 1 });
        Peer[] peers = [.. Enumerable.Range(0, 5).Select(_ => rig.Connect())];
        foreach (Peer peer in peers)
            peer.Send("hello");
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        foreach (Peer peer in peers)
        {
            Assert.Equal("hello", Bytes.Text(peer.ReceiveToEnd()));
            peer.Dispose();
        }

        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(5, rig.Server.Statistics.Accepted);
    }

    [Theory, EngineData]
    public async Task Stop_AtTheLimitOfConnections_EndsInTime(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(
            engine, connection => connection.Closed, new RigOptions { MaxConnections = 1 });
        Peer[] peers = [.. Enumerable.Range(0, 3).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);

        Assert.Equal(1, await rig.Server.StopAsync(TimeSpan.FromMilliseconds(50)).InTime());

        foreach (Peer peer in peers)
            peer.Dispose();
    }

    // The one connection goes on as long as it likes: nobody waits for its place, so nothing keeps the port.
    [Theory, EngineData]
    public async Task Stop_AtTheLimitOfConnections_RefusesWhoComesLater(EngineCase engine)
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await Rig.StartAsync(engine, _ => go.Task, new RigOptions { MaxConnections = 1 });
        using Peer peer = rig.Connect();
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);

        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);

        await ExpectRefusedAsync(rig, engine);
        await using (Server another = await Server.StartAsync(new ServerOptions { Urls = [rig.Url], Loops = rig.Loops }, StandardHandlers.Echo))
            Assert.Equal(rig.Address, another.Listeners[0].LocalAddress);
        Assert.False(stopped.IsCompleted);
        go.SetResult();
        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(1, rig.Server.Statistics.Accepted);
    }

    // The socket listens until the last of those who waited at the stop has a place; the kernel connects others meanwhile.
    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task Stop_AtTheLimitOfConnections_TakesOnlyWhoWaitedAlready(EngineCase engine)
    {
        using SemaphoreSlim ends = new(0);
        await using Rig rig = await Rig.StartAsync(engine, _ => ends.WaitAsync(), new RigOptions { MaxConnections = 1 });
        using Peer served = rig.Connect();
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);
        using Peer waiting = rig.Connect();
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        // What the stop asked of the loop has been done after that.
        await Turn.AfterAsync(rig.Loops.Loops[0]);
        using Peer late = rig.Connect();

        ends.Release();
        await Eventually.True(() => rig.Server.Statistics.Accepted == 2);
        await ExpectRefusedAsync(rig, engine);
        Assert.Equal(Errno.ECONNRESET, late.ReceiveError());
        ends.Release();

        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(2, rig.Server.Statistics.Accepted);
    }

    // Theirs is the end that the close waits for, not the time limit.
    [Theory, EngineData]
    public async Task Stop_WithIdlePeers_EndsWhenTheyDo(EngineCase engine)
    {
        var patient = new ConnectionOptions { LingerTimeout = TimeSpan.FromHours(1) };
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, new RigOptions { Connection = patient });
        Peer[] peers = [.. Enumerable.Range(0, 3).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Server.Statistics.Connections == 3);
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        foreach (Peer peer in peers)
        {
            peer.ExpectEnd();
            peer.Send("too late");
            peer.Dispose();
        }

        Assert.Equal(0, await stopped.InTime(TimeSpan.FromSeconds(30)));
    }

    [Theory, EngineData]
    public async Task Stop_RefusesWhoComesLater(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await rig.Server.StopAsync(Deadline.Generous).InTime();
        SocketCallException refused = Assert.Throws<SocketCallException>(() => rig.Connect());
        Assert.Equal(engine.IsTcp ? Errno.ECONNREFUSED : Errno.ENOENT, refused.Errno);
    }

    [Theory, EngineData]
    public async Task Stop_ResetsWhatIsNotDoneAtTheDeadline(EngineCase engine)
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await Rig.StartAsync(engine, connection => connection.Tag is null ? never.Task : Task.CompletedTask);
        Peer[] peers = [.. Enumerable.Range(0, 3).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Server.Statistics.Connections == 3);
        Assert.Equal(3, await rig.Server.StopAsync(TimeSpan.FromMilliseconds(30)).InTime());
        foreach (Peer peer in peers)
        {
            Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
            peer.Dispose();
        }

        never.SetResult();
    }

    [Theory, EngineData]
    public async Task StopAndDispose_AtTheSameTime_BothEnd(EngineCase engine)
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await Rig.StartAsync(engine, _ => never.Task);
        using Peer peer = rig.Connect();
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);
        Task<int> stopped = rig.Server.StopAsync(Deadline.Generous);
        Assert.False(stopped.IsCompleted);
        await rig.Server.DisposeAsync().AsTask().InTime();
        await stopped.InTime();
        never.SetResult();
    }

    [Theory, EngineData]
    public async Task StopReading_DeliversWhatArrived_AndThenTheEnd(EngineCase engine)
    {
        TaskCompletionSource<Connection> served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                served.SetResult(connection);
                await stopped.Task.ConfigureAwait(false);
                long count = 0;
                while (true)
                {
                    ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                    count += read.Buffer.Length;
                    connection.Input.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        break;
                }

                await connection.Output.WriteAsync(Bytes.Of($"{count}")).ConfigureAwait(false);
            },
            async peer =>
            {
                Connection connection = await served.Task.InTime();
                peer.Send(new byte[50_000]);
                await Eventually.True(() => Arrived(connection) == 50_000 && connection.Queues.Kernel.ReceiveBytes > 0);
                connection.StopReading();
                stopped.SetResult();
                Assert.Equal("50000", Bytes.Text(peer.ReceiveToEnd()));
            },
            // Part of it waits in the kernel.
            new RigOptions { Connection = new ConnectionOptions { ReceiveHighMarkBytes = 16 * 1024, ReceiveLowMarkBytes = 4 * 1024 } });
    }

    [Theory, EngineData]
    public async Task DisposedLoops_CloseWhatIsOpen(EngineCase engine)
    {
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        Connection connection = await Connector.ConnectAsync(rig.Url, new ConnectorOptions { Loops = loops });
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await loops.DisposeAsync().AsTask().InTime();
        await connection.Closed.InTime();
        Assert.True((await read.InTime()).IsCompleted);
    }

    // Once the loop has done what was asked of it.
    private static async Task ExpectRefusedAsync(Rig rig, EngineCase engine)
    {
        await Turn.AfterAsync(rig.Loops.Loops[0]);
        SocketCallException refused = Assert.Throws<SocketCallException>(() => rig.Connect());
        Assert.Equal(engine.IsTcp ? Errno.ECONNREFUSED : Errno.ENOENT, refused.Errno);
    }

    // What send(2) took may still be on its way to the server's queue. Received first: what moves meanwhile is missed, not counted twice.
    private static long Arrived(Connection connection) => connection.ReceivedBytes + connection.Queues.Kernel.ReceiveBytes;
}
