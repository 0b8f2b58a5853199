using System.Buffers;
using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>The end of a connection: in order, in time, or at once.</summary>
public sealed class ClosingContract
{
    private const int Flood = 8 * 1024 * 1024;

    [Theory, EngineData]
    public Task Close_DrainsWhatWasFlushed(EngineCase engine)
    {
        TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                connection.Output.Write(Bytes.Pattern(Flood));
                ValueTask<FlushResult> flush = connection.Output.FlushAsync();
                Assert.False(flush.IsCompleted);
                Task closed = connection.CloseAsync();
                Assert.Same(closed, connection.CloseAsync());
                closing.SetResult();
                Assert.False((await flush.ConfigureAwait(false)).IsCompleted);
                await closed.ConfigureAwait(false);
                Assert.True(connection.Closed.IsCompleted && connection.CloseAsync().IsCompleted);
                Assert.Equal(Errno.None, connection.Fault);
            },
            async peer =>
            {
                await closing.Task.InTime();
                Assert.Equal(Bytes.Pattern(Flood), await Task.Run(peer.ReceiveToEnd));
                peer.FinishSending();
            },
            new RigOptions { Connection = new ConnectionOptions { DrainTimeout = Deadline.Generous } },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public async Task Close_APeerThatNeverReads_IsResetAtTheDrainTimeout(EngineCase engine)
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[Flood]);
                await connection.CloseAsync().ConfigureAwait(false);
                Assert.True((await flush.ConfigureAwait(false)).IsCompleted);
                Assert.Equal(Errno.ECONNABORTED, connection.Fault);
                closed.SetResult();
            },
            async peer =>
            {
                await closed.Task.InTime();
                Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
            },
            new RigOptions { Connection = new ConnectionOptions { DrainTimeout = TimeSpan.FromMilliseconds(50) } },
            peerReceiveBufferBytes: 4096);
    }

    // Without lingering, the byte that comes late makes the kernel answer with a reset, which destroys what the peer has not read.
    [Theory, EngineData]
    public Task Close_WithBytesThatComeLate_ThePeerReadsEverything(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection => await connection.Output.WriteAsync(Bytes.Pattern(100_000)).ConfigureAwait(false),
        async peer =>
        {
            for (int i = 0; i < 20; i++)
            {
                peer.Send(new byte[1000]);
                await Task.Yield();
            }

            Assert.Equal(Bytes.Pattern(100_000), peer.ReceiveToEnd());
            peer.Send(new byte[1000]);
            peer.FinishSending();
        },
        new RigOptions { Connection = new ConnectionOptions { LingerTimeout = Deadline.Generous } });

    [Theory, EngineData]
    public async Task Close_APeerThatNeverFinishes_IsLeftAtTheLingerTimeout(EngineCase engine)
    {
        var options = new RigOptions { Connection = new ConnectionOptions { LingerTimeout = TimeSpan.FromMilliseconds(30) } };
        await using Rig rig = await Rig.StartAsync(engine, _ => Task.CompletedTask, options);
        using Peer peer = rig.Connect();
        peer.ExpectEnd();
        await Eventually.True(() => rig.Server.Statistics is { Accepted: 1, Connections: 0 });
    }

    [Theory, EngineData]
    public async Task Close_APeerThatGoesOnSending_IsLeftAtTheDiscardLimit(EngineCase engine)
    {
        var options = new RigOptions { Connection = new ConnectionOptions { LingerTimeout = Timeout.InfiniteTimeSpan } };
        await using Rig rig = await Rig.StartAsync(engine, _ => Task.CompletedTask, options);
        using Peer peer = rig.Connect();
        await Task.Run(() =>
        {
            while (peer.Socket.Send(new byte[64 * 1024]).Errno is Errno.None or Errno.EAGAIN)
                peer.Socket.WaitFor(Uapi.POLLOUT, TimeSpan.FromMilliseconds(10));
        }).InTime();
        await Eventually.True(() => rig.Server.Statistics.Connections == 0);
        Assert.InRange(rig.Statistics.ReceivedBytes, 1024 * 1024, 2 * 1024 * 1024);
    }

    [Theory, EngineData]
    public Task Abort_WhileAReadAndAFlushWait_EndsBoth_AndThePeerSeesAReset(EngineCase engine)
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                await connection.Input.ReadExactlyAsync(new byte[1]).ConfigureAwait(false);
                ValueTask<ReadResult> read = connection.Input.ReadAsync();
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[Flood]);
                connection.Abort();
                connection.Abort();
                Assert.True((await flush.ConfigureAwait(false)).IsCompleted);
                SocketCallException thrown =
                    await Assert.ThrowsAsync<SocketCallException>(async () => await read.ConfigureAwait(false)).ConfigureAwait(false);
                Assert.Equal(Errno.ECONNABORTED, thrown.Errno);
                await connection.Closed.ConfigureAwait(false);
                aborted.SetResult();
            },
            async peer =>
            {
                peer.Send("!");
                await aborted.Task.InTime();
                Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
            },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public Task Close_WhileAReadWaits_EndsIt(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ValueTask<ReadResult> read = connection.Input.ReadAsync();
            Task closed = connection.CloseAsync();
            Assert.True((await read.ConfigureAwait(false)).IsCompleted);
            await connection.DisposeAsync().ConfigureAwait(false);
            await closed.ConfigureAwait(false);
            Assert.Throws<SocketCallException>(() => connection.LocalAddress);
        },
        peer =>
        {
            peer.ExpectEnd();
            peer.FinishSending();
            return Task.CompletedTask;
        });

    [Theory, EngineData]
    public async Task HandlerThatThrows_ResetsItsConnection_AndIsReported(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            await connection.Input.ReadAsync().ConfigureAwait(false);
            throw new FormatException("not a protocol of mine");
        });
        using Peer peer = rig.Connect();
        peer.Send("?");
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
        await Eventually.True(() => !rig.Events.IsEmpty);
        ServerEvent reported = Assert.Single(rig.Events);
        Assert.Equal(ServerEventKind.HandlerFailed, reported.Kind);
        Assert.IsType<FormatException>(reported.Exception);
        using Peer next = rig.Connect();
    }

    // Complete says nothing the second time; the connection has to end all the same.
    [Theory, EngineData]
    public async Task HandlerThatThrows_AfterItCompletedTheWriter_LeavesNothingOpen(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            connection.Output.Complete();
            await connection.Input.ReadAsync().ConfigureAwait(false);
            throw new FormatException();
        });
        using Peer peer = rig.Connect();
        peer.ExpectEnd();
        peer.Send("?");
        await Eventually.True(() => rig.Server.Statistics is { Accepted: 1, Connections: 0 });
    }

    [Theory, EngineData]
    public async Task HandlerThatSeesAReset_IsNotReported(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Discard);
        using (Peer peer = rig.Connect())
        {
            peer.Send("?");
            await Eventually.True(() => rig.Statistics.ReceivedBytes == 1);
            peer.Reset();
        }

        await Eventually.True(() => rig.Server.Statistics is { Accepted: 1, Connections: 0 });
        Assert.Empty(rig.Events);
    }

    [Theory, EngineData]
    public async Task HandlerThatReturns_WithUnreadInput_LosesNoneOfItsAnswer(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, async connection =>
        {
            await connection.Input.ReadAsync().ConfigureAwait(false);
            await connection.Output.WriteAsync(Bytes.Pattern(50_000)).ConfigureAwait(false);
        });
        using Peer peer = rig.Connect();
        peer.Send(new byte[300_000]);
        Assert.Equal(Bytes.Pattern(50_000), peer.ReceiveToEnd());
    }

    [Theory, EngineData]
    public Task WhatIsWritten_AfterTheClose_IsGivenBack(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            await connection.Input.ReadExactlyAsync(new byte[1]).ConfigureAwait(false);
            connection.Abort();
            await connection.Closed.ConfigureAwait(false);
            connection.Output.Write(new byte[100_000]);
            connection.Output.Complete();
        },
        peer =>
        {
            peer.Send("!");
            peer.ReceiveError();
            return Task.CompletedTask;
        });
}
