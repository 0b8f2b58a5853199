using System.Buffers;
using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Connections;

/// <summary>What a reader shows, keeps and lets go.</summary>
public sealed class ReadingContract(ITestOutputHelper output)
{
    private static readonly RigOptions s_smallBlocks = new() { Loop = new LoopOptions { BlockSizeBytes = 4096 } };

    [Theory, EngineData]
    public Task Read_ShowsWhatCame_AndAdvanceConsumesIt(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult first = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("hello", Bytes.Text(first.Buffer));
            connection.Input.AdvanceTo(first.Buffer.GetPosition(2));
            ReadResult rest = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("llo", Bytes.Text(rest.Buffer));
            connection.Input.AdvanceTo(rest.Buffer.End);
            await connection.Output.WriteAsync(Bytes.Of("ok")).ConfigureAwait(false);
            ReadResult next = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("again", Bytes.Text(next.Buffer));
            connection.Input.AdvanceTo(next.Buffer.End);
        },
        peer =>
        {
            peer.Send("hello");
            peer.Expect("ok");
            peer.Send("again");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Read_AfterEverythingWasExamined_WaitsForMore(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult first = await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
            Assert.False(connection.Input.TryRead(out ReadResult _));
            ValueTask<ReadResult> next = connection.Input.ReadAsync();
            Assert.False(next.IsCompleted);
            await connection.Output.WriteAsync(Bytes.Of("more")).ConfigureAwait(false);
            ReadResult both = await next.ConfigureAwait(false);
            Assert.Equal("onetwo", Bytes.Text(both.Buffer));
            connection.Input.AdvanceTo(both.Buffer.End);
        },
        peer =>
        {
            peer.Send("one");
            peer.Expect("more");
            peer.Send("two");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Advance_IntoTheMiddleOfSeveralBlocks_KeepsTheRest(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult all = await connection.Input.ReadAtLeastAsync(20_000).ConfigureAwait(false);
            Assert.False(all.Buffer.IsSingleSegment);
            connection.Input.AdvanceTo(all.Buffer.GetPosition(9_000), all.Buffer.GetPosition(13_000));
            ReadResult rest = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal(Bytes.Pattern(11_000, 9_000), rest.Buffer.ToArray());
            connection.Input.AdvanceTo(rest.Buffer.GetPosition(11_000 - 1));
            Assert.True(connection.Input.TryRead(out ReadResult last));
            Assert.Equal(Bytes.Pattern(1, 19_999), last.Buffer.ToArray());
            connection.Input.AdvanceTo(last.Buffer.End);
            Assert.Equal(0, connection.Input.BufferedBytes);
        },
        peer =>
        {
            peer.Send(Bytes.Pattern(20_000));
            peer.ExpectEnd();
            return Task.CompletedTask;
        },
        s_smallBlocks);

    [Theory, EngineData]
    public Task CancelPendingRead_EndsTheReadThatWaits_OrTheNext(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
            _ = Task.Run(connection.Input.CancelPendingRead);
            ReadResult cancelled = await waiting.ConfigureAwait(false);
            Assert.True(cancelled is { IsCanceled: true, IsCompleted: false } && cancelled.Buffer.IsEmpty);
            connection.Input.AdvanceTo(cancelled.Buffer.End);

            connection.Input.CancelPendingRead();
            Assert.True((await connection.Input.ReadAsync().ConfigureAwait(false)).IsCanceled);
            await connection.Output.WriteAsync(Bytes.Of("go")).ConfigureAwait(false);
            ReadResult later = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("x", Bytes.Text(later.Buffer));
        },
        peer =>
        {
            peer.Expect("go");
            peer.Send("x");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Token_EndsOnlyItsOwnRead(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            using var source = new CancellationTokenSource();
            ValueTask<ReadResult> waiting = connection.Input.ReadAsync(source.Token);
            _ = Task.Run(source.Cancel);
            OperationCanceledException cancelled =
                await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting.ConfigureAwait(false)).ConfigureAwait(false);
            Assert.Equal(source.Token, cancelled.CancellationToken);
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await connection.Input.ReadAsync(source.Token).ConfigureAwait(false))
                .ConfigureAwait(false);
            await connection.Output.WriteAsync(Bytes.Of("go")).ConfigureAwait(false);
            Assert.Equal("x", Bytes.Text((await connection.Input.ReadAsync().ConfigureAwait(false)).Buffer));
        },
        peer =>
        {
            peer.Expect("go");
            peer.Send("x");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Complete_DropsWhatIsUnread_AndSendingGoesOn(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.Complete();
            Assert.Equal(0, connection.Input.BufferedBytes);
            Assert.Throws<InvalidOperationException>(() => connection.Input.TryRead(out ReadResult _));
            await connection.Output.WriteAsync(Bytes.Of("still here")).ConfigureAwait(false);
        },
        peer =>
        {
            peer.Send("nobody reads this");
            peer.Expect("still here");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task SecondRead_WhileOneWaits_IsRefused(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
            Assert.Throws<InvalidOperationException>(() => { _ = connection.Input.ReadAsync().AsTask(); });
            await connection.Output.WriteAsync(Bytes.Of("go")).ConfigureAwait(false);
            Assert.Equal("x", Bytes.Text((await waiting.ConfigureAwait(false)).Buffer));
        },
        peer =>
        {
            peer.Expect("go");
            peer.Send("x");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task ManyMegabytes_InPiecesOfAnySize_ArriveAsTheyWereSent(EngineCase engine)
    {
        const int Total = 6 * 1024 * 1024;
        Random random = TestSeed.NewRandom(output);
        int consumerSeed = random.Next();
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                var sizes = new Random(consumerSeed);
                int position = 0;
                while (position < Total)
                {
                    ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                    long take = Math.Min(read.Buffer.Length, sizes.Next(1, 100_000));
                    foreach (ReadOnlyMemory<byte> piece in read.Buffer.Slice(0, take))
                    {
                        foreach (byte value in piece.Span)
                            Assert.True(value == Bytes.At(position++), $"wrong byte before {position}");
                    }

                    bool examinesAll = sizes.Next(2) == 0;
                    SequencePosition consumed = read.Buffer.GetPosition(take);
                    connection.Input.AdvanceTo(consumed, examinesAll && !read.IsCompleted && position < Total - 200_000 ? read.Buffer.End : consumed);
                }
            },
            async peer =>
            {
                byte[] all = Bytes.Pattern(Total);
                await Task.Run(() =>
                {
                    for (int sent = 0; sent < Total;)
                    {
                        int count = Math.Min(random.Next(1, 50_000), Total - sent);
                        peer.Send(all.AsSpan(sent, count));
                        sent += count;
                    }
                });
                peer.ExpectEnd();
            });
    }
}
