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
}
