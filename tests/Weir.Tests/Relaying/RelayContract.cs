using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Relaying;

/// <summary>What goes through a relay between streams: bytes, ends, resets, and the pace of the slower side.</summary>
public sealed class RelayContract
{
    [Theory, EngineData]
    public async Task Bytes_PassBothWays_Unchanged(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo, loopCount: 2);
        byte[] sent = Bytes.Pattern(3_000_000);
        Peer[] peers = [.. Enumerable.Range(0, 4).Select(_ => rig.Connect())];
        // Scripted peers block, and the thread pool is the relay's.
        Task[] sending = [.. peers.Select(peer => Task.Factory.StartNew(
            () =>
            {
                peer.Send(sent);
                peer.FinishSending();
            },
            TaskCreationOptions.LongRunning))];
        Task<byte[]>[] answers = [.. peers.Select(peer => Task.Factory.StartNew(peer.ReceiveToEnd, TaskCreationOptions.LongRunning))];
        foreach (byte[] answer in await Task.WhenAll(answers).InTime())
            Assert.Equal(sent, answer);
        await Task.WhenAll(sending).InTime();
        await Eventually.True(() => rig.Relay.Statistics.Connections == 0);
        RelayStatistics statistics = rig.Relay.Statistics;
        Assert.Equal((4L, 12_000_000L, 12_000_000L), (statistics.Accepted, statistics.SentToBytes, statistics.SentBackBytes));
        Array.ForEach(peers, peer => peer.Dispose());
    }

    // A server that answers nothing before it has seen the end, and a client that then still listens.
    [Theory, EngineData]
    public async Task TheClientsHalfClose_IsTheBackendsEnd_AndTheAnswerComes(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            long count = await CountAsync(connection);
            await connection.Output.WriteAsync(Bytes.Of($"{count}"));
        });
        using Peer peer = rig.Connect();
        peer.Send(new byte[100_000]);
        peer.FinishSending();
        Assert.Equal("100000", Bytes.Text(peer.ReceiveToEnd()));
    }

    [Theory, EngineData]
    public async Task TheBackendsHalfClose_IsTheClientsEnd_AndItsBytesStillArrive(EngineCase engine)
    {
        TaskCompletionSource<long> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            await connection.Output.WriteAsync(Bytes.Of("bye"));
            connection.Output.Complete();
            received.SetResult(await CountAsync(connection));
        });
        using Peer peer = rig.Connect();
        Assert.Equal("bye", Bytes.Text(peer.ReceiveToEnd()));
        peer.Send(new byte[50_000]);
        peer.FinishSending();
        Assert.Equal(50_000, await received.Task.InTime());
    }

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public async Task AReset_GoesThrough_InEitherDirection(EngineCase engine)
    {
        TaskCompletionSource<Errno> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            try
            {
                ReadResult read = await connection.Input.ReadAsync();
                bool resets = read.Buffer.FirstSpan[0] == (byte)'r';
                connection.Input.AdvanceTo(read.Buffer.End);
                if (resets)
                {
                    connection.Abort();
                    return;
                }

                await connection.Output.WriteAsync(Bytes.Of("seen"));
                await connection.Input.ReadAsync();
                met.TrySetResult(Errno.None);
            }
            catch (SocketCallException failure)
            {
                met.TrySetResult(failure.Errno);
            }
        });
        using Peer client = rig.Connect();
        client.Send("x");
        client.Expect("seen");
        client.Reset();
        Assert.Equal(Errno.ECONNRESET, await met.Task.InTime());

        using Peer other = rig.Connect();
        other.Send("r");
        Assert.Equal(Errno.ECONNRESET, other.ReceiveError());
    }

    // Nobody reads: the sender stops, and the relay holds no more than its marks and the kernel's buffers.
    [Theory, EngineData]
    public async Task AReaderThatStops_HoldsItsSender(EngineCase engine)
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<long> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            await go.Task;
            received.SetResult(await CountAsync(connection));
        });
        using Peer peer = rig.Connect();
        const int Limit = 64 * 1024 * 1024;
        byte[] chunk = new byte[64 * 1024];
        long sent = 0;
        // What the kernels' buffers hold moves on for a while; it is over when nothing has moved for some turns.
        for (int quiet = 0; quiet < 20; quiet++)
        {
            int taken = peer.SendUntilRefused(chunk, Limit);
            sent += taken;
            quiet = taken > 0 ? 0 : quiet;
            await Turn.AfterAsync(rig.Loops.Loops[0]);
            await Task.Delay(5);
        }

        Assert.InRange(sent, 1, Limit - 1);
        Assert.InRange(rig.Relay.Statistics.BufferedBytes, 0, 1024 * 1024);
        go.SetResult();
        peer.FinishSending();
        Assert.Equal(sent, await received.Task.InTime());
    }

    [Theory, EngineData]
    public async Task SilenceOnBothSides_EndsBoth(EngineCase engine)
    {
        TaskCompletionSource<Errno> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RelayRig rig = await RelayRig.StartAsync(
            engine,
            async connection =>
            {
                try
                {
                    await connection.Input.ReadAsync();
                    met.TrySetResult(Errno.None);
                }
                catch (SocketCallException failure)
                {
                    met.TrySetResult(failure.Errno);
                }
            },
            options => options with { IdleTimeout = TimeSpan.FromMilliseconds(100) });
        using Peer peer = rig.Connect();
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, await met.Task.InTime());
    }

    [Theory, EngineData]
    public async Task Stop_LetsWhatIsUnderWayGoOn_AndAcceptsNothingMore(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo);
        using Peer peer = rig.Connect();
        peer.Send("before");
        peer.Expect("before");
        Task<int> stopped = rig.Relay.StopAsync(Deadline.Generous);
        await Eventually.True(() => IsRefused(rig));
        peer.Send("after");
        peer.Expect("after");
        Assert.False(stopped.IsCompleted);
        peer.FinishSending();
        peer.ExpectEnd();
        Assert.Equal(0, await stopped.InTime());
    }

    [Theory, EngineData]
    public async Task Stop_ResetsWhatIsNotDoneAtTheDeadline(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo);
        using Peer peer = rig.Connect();
        peer.Send("before");
        peer.Expect("before");
        Assert.Equal(1, await rig.Relay.StopAsync(TimeSpan.FromMilliseconds(30)).InTime());
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
        await Eventually.True(() => rig.Server.Server.Statistics.Connections == 0);
    }

    private static bool IsRefused(RelayRig rig)
    {
        try
        {
            rig.Connect().Dispose();
            return false;
        }
        catch (SocketCallException)
        {
            return true;
        }
    }

    private static async Task<long> CountAsync(Connection connection)
    {
        for (long count = 0; ;)
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            count += read.Buffer.Length;
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return count;
        }
    }
}
