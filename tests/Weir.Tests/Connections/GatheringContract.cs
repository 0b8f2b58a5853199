using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Connections;

/// <summary>Flushes that are followed by others leave together, in order, and none is forgotten.</summary>
public sealed class GatheringContract(ITestOutputHelper output)
{
    private const int MarkBytes = 64 * 1024;

    private static readonly RigOptions s_gathering = new() { Connection = new ConnectionOptions { GatherHighMarkBytes = MarkBytes } };

    // Small and large, on whatever thread the flushes before them ended.
    [Theory, EngineData]
    public async Task Flushes_WhileAReadWaits_KeepEveryByteInItsPlace(EngineCase engine)
    {
        Random random = TestSeed.NewRandom(output);
        int[] sizes = [.. Enumerable.Range(0, 3_000).Select(i => i % 100 == 99 ? random.Next(40_000) : random.Next(1, 600))];
        await Rig.RunAsync(
            engine,
            connection => Task.Run(async () =>
            {
                ValueTask<ReadResult> reading = connection.Input.ReadAsync();
                int position = 0;
                foreach (int size in sizes)
                {
                    FlushResult flushed = await connection.Output.WriteAsync(Bytes.Pattern(size, position)).ConfigureAwait(false);
                    Assert.True(flushed is { IsCompleted: false, IsCanceled: false });
                    position += size;
                }

                connection.Output.Complete();
                Assert.True((await reading.ConfigureAwait(false)).IsCompleted);
            }),
            async peer =>
            {
                Assert.Equal(Bytes.Pattern(sizes.Sum()), await Task.Run(peer.ReceiveToEnd));
                peer.FinishSending();
            },
            s_gathering);
    }

    [Theory, EngineData]
    public Task Flushes_BehindUnreadBytes_ArriveThoughNothingIsReadAfterThem(EngineCase engine)
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                connection.Input.AdvanceTo(read.Buffer.Start);
                for (int i = 0; i < 10; i++)
                    await connection.Output.WriteAsync(Bytes.Pattern(10, i * 10)).ConfigureAwait(false);
                await arrived.Task.ConfigureAwait(false);
            },
            async peer =>
            {
                peer.Send("two requests, of which one is read");
                Assert.Equal(Bytes.Pattern(100), await Task.Run(() => peer.ReceiveExactly(100)));
                arrived.SetResult();
            },
            s_gathering);
    }

    // The last one finds nothing unread behind it: all that was gathered goes with it.
    [Theory, EngineData]
    public Task Flush_AfterGatheredOnes_TakesThemAlong(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.AdvanceTo(read.Buffer.Start);
            for (int i = 0; i < 9; i++)
                await connection.Output.WriteAsync(Bytes.Pattern(10, i * 10)).ConfigureAwait(false);
            // On the loop nobody can have sent them meanwhile.
            if (engine.IsInline)
                Assert.Equal((0, 90), (connection.SentBytes, connection.Output.QueuedBytes));
            Assert.True(connection.Input.TryRead(out read));
            connection.Input.AdvanceTo(read.Buffer.End);
            await connection.Output.WriteAsync(Bytes.Pattern(10, 90)).ConfigureAwait(false);
            Assert.Equal(100, connection.SentBytes);
        },
        async peer =>
        {
            peer.Send("ten requests");
            Assert.Equal(Bytes.Pattern(100), await Task.Run(peer.ReceiveToEnd));
        },
        s_gathering);

    [Theory, EngineData]
    public Task Flushes_BeyondTheMark_WaitUntilThePeerReads(EngineCase engine)
    {
        TaskCompletionSource<int> waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            connection => Task.Run(async () =>
            {
                ValueTask<ReadResult> reading = connection.Input.ReadAsync();
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(Bytes.Pattern(1_000));
                int position = 1_000;
                for (; flush.IsCompleted; position += 1_000)
                {
                    await flush.ConfigureAwait(false);
                    flush = connection.Output.WriteAsync(Bytes.Pattern(1_000, position));
                }

                waits.SetResult(position);
                Assert.False((await flush.ConfigureAwait(false)).IsCompleted);
                connection.Output.Complete();
                Assert.True((await reading.ConfigureAwait(false)).IsCompleted);
            }),
            async peer =>
            {
                int sent = await waits.Task.InTime();
                Assert.Equal(Bytes.Pattern(sent), await Task.Run(peer.ReceiveToEnd));
                peer.FinishSending();
            },
            s_gathering,
            peerReceiveBufferBytes: 16 * 1024);
    }

    [Theory, EngineData]
    public Task Flushes_AfterAReset_SayThatTheConnectionIsOver(EngineCase engine) => Rig.RunAsync(
        engine,
        connection => Task.Run(async () =>
        {
            ValueTask<ReadResult> reading = connection.Input.ReadAsync();
            while (!(await connection.Output.WriteAsync(Bytes.Pattern(100)).ConfigureAwait(false)).IsCompleted)
            {
            }

            Exception? failure = await Record.ExceptionAsync(async () => await reading.ConfigureAwait(false)).ConfigureAwait(false);
            Assert.True(failure is null or Sockets.SocketCallException, failure?.ToString());
        }),
        async peer =>
        {
            await Task.Run(() => peer.ReceiveExactly(100));
            peer.Reset();
        },
        s_gathering);

    [Theory, EngineData]
    public Task Leave_BehindGatheredFlushes_SendsThemFirst(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            // What lies unread in the kernel would make a close a reset: all was received, and one byte is not consumed.
            connection.Input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
            for (int i = 0; i < 10; i++)
                await connection.Output.WriteAsync(Bytes.Pattern(10, i * 10)).ConfigureAwait(false);
            connection.Leave();
        },
        async peer =>
        {
            peer.Send("ab");
            Assert.Equal(Bytes.Pattern(100), await Task.Run(peer.ReceiveToEnd));
        },
        s_gathering);

    // The kernel refuses much of it, the pool and the loop send by turns, and nothing but the last byte's leaving ends the connection.
    [Theory, EngineData]
    public async Task ACloseBehindGatheredFlushes_ComesWhenTheLastByteHasLeft(EngineCase engine)
    {
        const int Connections = 30;
        Random random = TestSeed.NewRandom(output);
        var patient = new ConnectionOptions { GatherHighMarkBytes = MarkBytes, DrainTimeout = Timeout.InfiniteTimeSpan };
        int[] counts = [.. Enumerable.Range(0, Connections).Select(_ => random.Next(1, 400))];
        int next = 0;
        await using Rig rig = await Rig.StartAsync(
            engine,
            connection => Task.Run(async () =>
            {
                ValueTask<ReadResult> reading = connection.Input.ReadAsync();
                int count = counts[Interlocked.Increment(ref next) - 1];
                for (int i = 0; i < count; i++)
                    await connection.Output.WriteAsync(Bytes.Pattern(1_000, i * 1_000)).ConfigureAwait(false);
                connection.Output.Complete();
                Task closed = connection.CloseAsync();
                await Record.ExceptionAsync(async () => await reading.ConfigureAwait(false)).ConfigureAwait(false);
                await closed.ConfigureAwait(false);
            }),
            new RigOptions { Connection = patient });
        for (int i = 0; i < Connections; i++)
        {
            using Peer peer = rig.Connect(receiveBufferBytes: 16 * 1024);
            byte[] received = await Task.Run(peer.ReceiveToEnd).InTime();
            Assert.Equal(Bytes.Pattern(counts[i] * 1_000), received);
        }
    }
}
