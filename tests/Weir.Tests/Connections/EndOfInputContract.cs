using System.IO.Pipelines;
using System.Net.Sockets;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>How a stream ends at the reader: finished, half-closed, or reset.</summary>
public sealed class EndOfInputContract
{
    [Theory, EngineData]
    public Task DataAndEnd_AtOnce_BothArrive(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("last words", Bytes.Text(read.Buffer));
            connection.Input.AdvanceTo(read.Buffer.End);
            ReadResult end = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.True(end.IsCompleted && end.Buffer.IsEmpty);
            Assert.Equal(Errno.None, connection.Fault);
        },
        peer =>
        {
            peer.Send("last words");
            peer.FinishSending();
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task EndAlone_CompletesTheRead_AgainAndAgain(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            for (int i = 0; i < 3; i++)
            {
                ReadResult end = await connection.Input.ReadAsync().ConfigureAwait(false);
                Assert.True(end.IsCompleted && end.Buffer.IsEmpty);
                connection.Input.AdvanceTo(end.Buffer.End);
            }
        },
        peer =>
        {
            peer.FinishSending();
            peer.ExpectEnd();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task HalfClose_TheAnswerStillLeaves(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            long count = 0;
            while (true)
            {
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                count += read.Buffer.Length;
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            await connection.Output.WriteAsync(Bytes.Of($"{count} bytes")).ConfigureAwait(false);
        },
        peer =>
        {
            peer.Send(new byte[70_000]);
            peer.FinishSending();
            Assert.Equal("70000 bytes", Bytes.Text(peer.ReceiveToEnd()));
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task OurHalfClose_ReadingGoesOn(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await connection.Output.WriteAsync(Bytes.Of("that was all")).ConfigureAwait(false);
            connection.Output.Complete();
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("thanks", Bytes.Text(read.Buffer));
        },
        peer =>
        {
            Assert.Equal("that was all", Bytes.Text(peer.ReceiveToEnd()));
            peer.Send("thanks");
            return Task.CompletedTask;
        });

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public Task Reset_WhileAReadWaits_ThrowsWithTheErrno(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
            await connection.Output.WriteAsync(Bytes.Of("go")).ConfigureAwait(false);
            SocketCallException reset =
                await Assert.ThrowsAsync<SocketCallException>(async () => await waiting.ConfigureAwait(false)).ConfigureAwait(false);
            Assert.Equal((Errno.ECONNRESET, SocketError.ConnectionReset, "recv"), (reset.Errno, reset.SocketErrorCode, reset.Operation));
            Assert.Equal(Errno.ECONNRESET, connection.Fault);
        },
        peer =>
        {
            peer.Expect("go");
            peer.Reset();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public Task Close_WithSomethingUnread_IsAResetForUs(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await connection.Output.WriteAsync(Bytes.Of("nobody reads this")).ConfigureAwait(false);
            SocketCallException reset = await Assert.ThrowsAsync<SocketCallException>(
                async () => await connection.Input.ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
            Assert.Equal(Errno.ECONNRESET, reset.Errno);
        },
        async peer =>
        {
            await Eventually.True(() => peer.Socket.Queues.ReceiveBytes > 0);
            peer.Dispose();
        });

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public async Task Reset_AfterBytes_TheBytesAreStillRead(EngineCase engine)
    {
        TaskCompletionSource<Connection> served = new();
        TaskCompletionSource reset = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                served.SetResult(connection);
                await reset.Task.ConfigureAwait(false);
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                Assert.Equal("before", Bytes.Text(read.Buffer));
                connection.Input.AdvanceTo(read.Buffer.End);
                await Assert.ThrowsAsync<SocketCallException>(async () => await connection.Input.ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
            },
            async peer =>
            {
                peer.Send("before");
                Connection connection = await served.Task.InTime();
                await Eventually.True(() => connection.ReceivedBytes == 6);
                peer.Reset();
                await Eventually.True(() => connection.Fault == Errno.ECONNRESET);
                reset.SetResult();
            });
    }

    [Theory, EngineData]
    public Task Abort_AfterThePeersEnd_LeavesTheReaderItsBytesAndTheEnd(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read;
            do
            {
                read = await connection.Input.ReadAsync().ConfigureAwait(false);
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
            while (!read.IsCompleted);
            connection.Abort();
            await connection.Closed.ConfigureAwait(false);

            read = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.Equal("last words", Bytes.Text(read.Buffer));
            Assert.True(read.IsCompleted);
            Assert.Equal(Errno.ECONNABORTED, connection.Fault);
        },
        peer =>
        {
            peer.Send("last words");
            peer.FinishSending();
            peer.ReceiveError();
            return Task.CompletedTask;
        });

    // A socket reports its error once. The flush that waits is tried first and takes it; the reader must not see an ordinary end.
    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public async Task Reset_WhileAFlushWaits_IsNoOrdinaryEndForTheReader(EngineCase engine)
    {
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                ValueTask<ReadResult> read = connection.Input.ReadAsync();
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[8 * 1024 * 1024]);
                Assert.False(flush.IsCompleted);
                waits.SetResult();
                Assert.True((await flush.ConfigureAwait(false)).IsCompleted);
                await Assert.ThrowsAsync<SocketCallException>(async () => await read.ConfigureAwait(false)).ConfigureAwait(false);
                Assert.Equal(Errno.ECONNRESET, connection.Fault);
            },
            async peer =>
            {
                await waits.Task.InTime();
                peer.Reset();
            },
            peerReceiveBufferBytes: 4096);
    }
}
