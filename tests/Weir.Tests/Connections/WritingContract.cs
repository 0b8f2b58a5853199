using System.Buffers;
using System.IO.Pipelines;
using Weir.Linux;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Connections;

/// <summary>Bytes that leave: in order, all of them, whatever sizes they were written in.</summary>
public sealed class WritingContract(ITestOutputHelper output)
{
    // More than any kernel buffer on the way.
    private const int Flood = 8 * 1024 * 1024;

    [Theory, EngineData]
    public Task Write_SmallAndLarge_ArriveInOrder(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            int position = 0;
            foreach (int size in new[] { 1, 0, 100, 16 * 1024, 16 * 1024 + 1, 300_000, 1 })
            {
                FlushResult flushed = await connection.Output.WriteAsync(Bytes.Pattern(size, position)).ConfigureAwait(false);
                Assert.True(flushed is { IsCompleted: false, IsCanceled: false });
                position += size;
            }

            Assert.Equal(position, connection.SentBytes);
        },
        async peer =>
        {
            byte[] all = await Task.Run(peer.ReceiveToEnd);
            Assert.Equal(Bytes.Pattern(1 + 100 + 16_384 + 16_385 + 300_000 + 1), all);
        });

    [Theory, EngineData]
    public Task GetMemory_WithHintsOfAnySize_GivesThatMuch(EngineCase engine)
    {
        int[] sizes = [10, 5_000, 4_096, 70_000, 1, 0, 4_095, 2];
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                int position = 0;
                foreach (int size in sizes)
                {
                    Memory<byte> memory = connection.Output.GetMemory(size);
                    Assert.True(memory.Length >= Math.Max(size, 1));
                    Bytes.Pattern(size, position).CopyTo(memory);
                    connection.Output.Advance(size);
                    position += size;
                }

                Assert.Equal(position, connection.Output.UnflushedBytes);
                await connection.Output.FlushAsync().ConfigureAwait(false);
                Assert.Equal(0, connection.Output.UnflushedBytes);
            },
            async peer => Assert.Equal(Bytes.Pattern(sizes.Sum()), await Task.Run(peer.ReceiveToEnd)),
            new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096 } });
    }

    [Theory, EngineData]
    public Task ManyBlocks_InOneFlush_LeaveInOrder(EngineCase engine)
    {
        const int Total = 2_000_000;
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                for (int position = 0; position < Total; position += 1_000)
                    connection.Output.Write(Bytes.Pattern(1_000, position));
                await connection.Output.FlushAsync().ConfigureAwait(false);
            },
            async peer => Assert.Equal(Bytes.Pattern(Total), await Task.Run(peer.ReceiveToEnd)),
            new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096 } },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public async Task Flush_WithAStalledReader_WaitsUntilTheBytesHaveLeft(EngineCase engine)
    {
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(Bytes.Pattern(Flood));
                Assert.False(flush.IsCompleted);
                Assert.InRange(connection.Queues.UnsentBytes, 1, Flood);
                Assert.Throws<InvalidOperationException>(() => { _ = connection.Output.FlushAsync().AsTask(); });
                waits.SetResult();
                FlushResult flushed = await flush.ConfigureAwait(false);
                Assert.True(flushed is { IsCompleted: false, IsCanceled: false });
                Assert.Equal((Flood, 0L), (connection.SentBytes, connection.Queues.UnsentBytes));
            },
            async peer =>
            {
                await waits.Task.InTime();
                Assert.Equal(Bytes.Pattern(Flood), await Task.Run(peer.ReceiveToEnd));
            },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public async Task Writes_AcrossRefusals_KeepTheirOrder(EngineCase engine)
    {
        Random random = TestSeed.NewRandom(output);
        int[] sizes = [.. Enumerable.Range(0, 400).Select(_ => random.Next(1, 60_000))];
        bool[] staged = [.. sizes.Select(_ => random.Next(2) == 0)];
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                int position = 0;
                for (int i = 0; i < sizes.Length; i++)
                {
                    byte[] bytes = Bytes.Pattern(sizes[i], position);
                    position += sizes[i];
                    if (staged[i])
                        connection.Output.Write(bytes);
                    else
                        await connection.Output.WriteAsync(bytes).ConfigureAwait(false);
                }

                await connection.Output.FlushAsync().ConfigureAwait(false);
            },
            async peer => Assert.Equal(Bytes.Pattern(sizes.Sum()), await Task.Run(peer.ReceiveToEnd)),
            peerReceiveBufferBytes: 8192);
    }

    [Theory, EngineData]
    public Task Sequence_OfSeveralPieces_IsWritten(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read = await connection.Input.ReadAtLeastAsync(30_000).ConfigureAwait(false);
            await connection.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
            connection.Input.AdvanceTo(read.Buffer.End);
        },
        peer =>
        {
            peer.Send(Bytes.Pattern(30_000));
            Assert.Equal(Bytes.Pattern(30_000), peer.ReceiveToEnd());
            return Task.CompletedTask;
        },
        new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096 } });

    [Theory, EngineData]
    public Task Complete_DrainsAndThenFinishes(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            for (int position = 0; position < 3_000_000; position += 10_000)
                connection.Output.Write(Bytes.Pattern(10_000, position));
            connection.Output.Complete();
            Assert.Throws<InvalidOperationException>(() => { _ = connection.Output.FlushAsync().AsTask(); });
            Assert.Throws<InvalidOperationException>(() => { connection.Output.GetMemory(); });
            Assert.True((await connection.Input.ReadAsync().ConfigureAwait(false)).IsCompleted);
        },
        async peer =>
        {
            Assert.Equal(Bytes.Pattern(3_000_000), await Task.Run(peer.ReceiveToEnd));
            peer.FinishSending();
        },
        peerReceiveBufferBytes: 4096);

    [Theory, EngineData]
    public Task Write_AfterThePeerIsGone_IsCompletedAndNamesTheFault(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            FlushResult flushed;
            do
                flushed = await connection.Output.WriteAsync(new byte[1000]).ConfigureAwait(false);
            while (!flushed.IsCompleted);
            Assert.True(connection.Fault is Errno.ECONNRESET or Errno.EPIPE, connection.Fault.ToString());
            Assert.True((await connection.Output.WriteAsync(new byte[10]).ConfigureAwait(false)).IsCompleted);
            connection.Output.Write(new byte[10]);
            Assert.True((await connection.Output.FlushAsync().ConfigureAwait(false)).IsCompleted);
        },
        peer =>
        {
            peer.Reset();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Flush_FromAThreadThatIsNotTheLoop_SendsThere(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            int position = 0;
            await Task.Run(async () =>
            {
                for (; position < 500_000; position += 500)
                    await connection.Output.WriteAsync(Bytes.Pattern(500, position)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        },
        async peer => Assert.Equal(Bytes.Pattern(500_000), await Task.Run(peer.ReceiveToEnd)),
        peerReceiveBufferBytes: 4096);
}
