using System.Buffers;
using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>The reads that protocols are made of: until a delimiter, a known number of bytes, everything.</summary>
public sealed class ProtocolReadsContract
{
    private static readonly byte[] s_crlf = "\r\n"u8.ToArray();

    [Theory, EngineData]
    public Task ReadUntil_GivesOneLineAtATime_AndNothingAtACleanEnd(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            foreach (string line in new[] { "one\r\n", "\r\n", "three\r\n" })
            {
                ReadOnlySequence<byte> found = await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 100).ConfigureAwait(false);
                Assert.Equal(line, Bytes.Text(found));
                connection.Input.AdvanceTo(found.End);
            }

            Assert.True((await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 100).ConfigureAwait(false)).IsEmpty);
        },
        peer =>
        {
            peer.Send("one\r\n\r\nthree\r\n");
            peer.FinishSending();
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public async Task ReadUntil_DelimiterSplitBetweenSegments_IsFound(EngineCase engine)
    {
        Connection? served = null;
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                served = connection;
                await connection.Output.WriteAsync(Bytes.Of("go")).ConfigureAwait(false);
                ReadOnlySequence<byte> found = await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 7).ConfigureAwait(false);
                Assert.Equal("split\r\n", Bytes.Text(found));
            },
            async peer =>
            {
                peer.Expect("go");
                peer.Send("split\r");
                await Eventually.True(() => served!.ReceivedBytes == 6);
                peer.Send("\nnext");
                peer.ExpectEnd();
            });
    }

    [Theory, EngineData]
    public Task ReadUntil_BeyondItsLimit_ThrowsAndConsumesNothing(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await Assert.ThrowsAsync<InvalidDataException>(
                async () => await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 8).ConfigureAwait(false)).ConfigureAwait(false);
            ReadOnlySequence<byte> found = await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 12).ConfigureAwait(false);
            Assert.Equal("0123456789\r\n", Bytes.Text(found));
        },
        peer =>
        {
            peer.Send("0123456789\r\n");
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task ReadUntil_EndInTheMiddle_ThrowsAndConsumesNothing(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await Assert.ThrowsAsync<EndOfStreamException>(
                async () => await connection.Input.ReadUntilAsync(s_crlf, limitBytes: 100).ConfigureAwait(false)).ConfigureAwait(false);
            ReadResult rest = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.True(rest.IsCompleted);
            Assert.Equal("cut o", Bytes.Text(rest.Buffer));
        },
        peer =>
        {
            peer.Send("cut o");
            peer.FinishSending();
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    // Above the high mark the loop stops receiving; a reader that has seen everything and still waits needs more all the same.
    [Theory, EngineData]
    public Task ReadUntil_ALineAboveTheHighMark_IsRead(EngineCase engine)
    {
        const int Length = 600_000;
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                ReadOnlySequence<byte> line = await connection.Input.ReadUntilAsync("\n"u8.ToArray(), limitBytes: Length + 1).ConfigureAwait(false);
                Assert.Equal(Length + 1, line.Length);
            },
            async peer =>
            {
                byte[] line = new byte[Length + 1];
                Array.Fill(line, (byte)'a');
                line[Length] = (byte)'\n';
                await Task.Run(() => peer.Send(line));
                peer.ExpectEnd();
            },
            new RigOptions { Connection = new ConnectionOptions { ReceiveHighMarkBytes = 32 * 1024, ReceiveLowMarkBytes = 16 * 1024 } });
    }

    [Theory, EngineData]
    public Task ReadExactly_FillsAcrossBlocks_AndSaysWhereTheStreamEnded(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            byte[] first = new byte[30_000];
            await connection.Input.ReadExactlyAsync(first).ConfigureAwait(false);
            Assert.Equal(Bytes.Pattern(30_000), first);
            EndOfStreamException cut = await Assert.ThrowsAsync<EndOfStreamException>(
                async () => await connection.Input.ReadExactlyAsync(new byte[20]).ConfigureAwait(false)).ConfigureAwait(false);
            Assert.Contains("10 of 20", cut.Message, StringComparison.Ordinal);
        },
        peer =>
        {
            peer.Send(Bytes.Pattern(30_010));
            peer.FinishSending();
            peer.ExpectEnd();
            return Task.CompletedTask;
        },
        new RigOptions { Loop = new LoopOptions { BlockSizeBytes = 4096 } });

    [Theory, EngineData]
    public Task CancelPendingRead_EndsReadUntil(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ValueTask<ReadOnlySequence<byte>> waiting = connection.Input.ReadUntilAsync(s_crlf, limitBytes: 100);
            connection.Input.CancelPendingRead();
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting.ConfigureAwait(false)).ConfigureAwait(false);
        },
        peer =>
        {
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task CopyTo_CopiesToTheEnd(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            using var copy = new MemoryStream();
            await connection.Input.CopyToAsync(copy).ConfigureAwait(false);
            Assert.Equal(Bytes.Pattern(500_000), copy.ToArray());
        },
        async peer =>
        {
            await Task.Run(() => peer.Send(Bytes.Pattern(500_000)));
            peer.FinishSending();
            peer.ExpectEnd();
        });
}
