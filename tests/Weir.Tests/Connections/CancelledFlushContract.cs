using System.Buffers;
using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>A flush that is given up: it ends at once, its bytes still leave, and its source is the caller's again.</summary>
public sealed class CancelledFlushContract
{
    private const int Flood = 8 * 1024 * 1024;

    [Theory, EngineData]
    public Task CancelPendingFlush_LetsTheCallerChangeTheSource(EngineCase engine)
    {
        TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                byte[] source = Bytes.Pattern(Flood);
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(source);
                Assert.False(flush.IsCompleted);
                _ = Task.Run(connection.Output.CancelPendingFlush);
                FlushResult cancelled = await flush.ConfigureAwait(false);
                Assert.True(cancelled is { IsCanceled: true, IsCompleted: false });
                Array.Clear(source);
                changed.SetResult();
                FlushResult flushed = await connection.Output.WriteAsync(Bytes.Pattern(1000, Flood)).ConfigureAwait(false);
                Assert.True(flushed is { IsCanceled: false, IsCompleted: false });
            },
            async peer =>
            {
                await changed.Task.InTime();
                Assert.Equal(Bytes.Pattern(Flood + 1000), await Task.Run(peer.ReceiveToEnd));
            },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public Task CancelPendingFlush_BeforeAny_EndsTheNext_AlsoWhenItMustWait(EngineCase engine)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                connection.Output.CancelPendingFlush();
                Assert.True((await connection.Output.WriteAsync(Bytes.Pattern(10)).ConfigureAwait(false)).IsCanceled);
                connection.Output.CancelPendingFlush();
                // After the request has been through the loop, and found no flush that waits.
                await Turn.AfterAsync(connection.Loop).InTime().ConfigureAwait(false);
                Assert.True((await connection.Output.WriteAsync(Bytes.Pattern(Flood, 10)).ConfigureAwait(false)).IsCanceled);
                cancelled.SetResult();
                Assert.False((await connection.Output.FlushAsync().ConfigureAwait(false)).IsCanceled);
            },
            async peer =>
            {
                await cancelled.Task.InTime();
                Assert.Equal(Bytes.Pattern(Flood + 10), await Task.Run(peer.ReceiveToEnd));
            },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public Task Token_EndsTheFlush_AndItsBytesStillLeave(EngineCase engine)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                using var source = new CancellationTokenSource();
                connection.Output.Write(Bytes.Pattern(Flood));
                ValueTask<FlushResult> flush = connection.Output.FlushAsync(source.Token);
                Assert.False(flush.IsCompleted);
                _ = Task.Run(source.Cancel);
                OperationCanceledException thrown =
                    await Assert.ThrowsAsync<OperationCanceledException>(async () => await flush.ConfigureAwait(false)).ConfigureAwait(false);
                Assert.Equal(source.Token, thrown.CancellationToken);
                cancelled.SetResult();
                await connection.Output.WriteAsync(Bytes.Pattern(10, Flood)).ConfigureAwait(false);
            },
            async peer =>
            {
                await cancelled.Task.InTime();
                Assert.Equal(Bytes.Pattern(Flood + 10), await Task.Run(peer.ReceiveToEnd));
            },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public Task CancelledSequence_StillLeavesWhole(EngineCase engine)
    {
        const int Total = 3 * Flood / 2;
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                var first = new Piece(Bytes.Pattern(Flood), previous: null);
                var last = new Piece(Bytes.Pattern(Total - Flood, Flood), first);
                var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(sequence);
                connection.Output.CancelPendingFlush();
                Assert.True((await flush.ConfigureAwait(false)).IsCanceled);
                cancelled.SetResult();
            },
            async peer =>
            {
                await cancelled.Task.InTime();
                Assert.Equal(Bytes.Pattern(Total), await Task.Run(peer.ReceiveToEnd));
            },
            peerReceiveBufferBytes: 4096);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? previous)
        {
            Memory = bytes;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
