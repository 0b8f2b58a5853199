using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Connections;

/// <summary>What time does to a connection.</summary>
public sealed class TimingContract
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(40);

    [Theory, EngineData]
    public async Task IdleConnection_IsAbortedWithETIMEDOUT(EngineCase engine)
    {
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                SocketCallException thrown = await Assert.ThrowsAsync<SocketCallException>(
                    async () => await connection.Input.ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
                Assert.Equal((Errno.ETIMEDOUT, Errno.ETIMEDOUT), (thrown.Errno, connection.Fault));
            },
            peer =>
            {
                Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
                return Task.CompletedTask;
            },
            new RigOptions { Connection = new ConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) } });
    }

    [Theory, EngineData]
    public Task ActiveConnection_IsNotIdle_UntilItIs(EngineCase engine)
    {
        var clock = new ManualClock();
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                // It ends at its read, or at the write that is still under way.
                await Record.ExceptionAsync(() => StandardHandlers.Echo(connection)).ConfigureAwait(false);
                Assert.Equal(Errno.ETIMEDOUT, connection.Fault);
            },
            peer =>
            {
                for (int i = 0; i < 10; i++)
                {
                    clock.Advance(TimeSpan.FromMilliseconds(70));
                    peer.Send("x");
                    peer.Expect("x");
                }

                clock.Advance(TimeSpan.FromMilliseconds(100));
                Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
                return Task.CompletedTask;
            },
            new RigOptions
            {
                Loop = new LoopOptions { TimeProvider = clock },
                Connection = new ConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(100) },
            });
    }

    [Theory, EngineData]
    public Task Heartbeat_IsSentInSilence_AgainAndAgain(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            Assert.True(read.IsCompleted);
        },
        peer =>
        {
            peer.Expect("beat;beat;beat;");
            peer.FinishSending();
            return Task.CompletedTask;
        },
        new RigOptions { Connection = Heartbeat(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan) });

    [Theory, EngineData]
    public Task Heartbeat_NeverCutsIntoAFlush(EngineCase engine)
    {
        const int Message = 5 * 1024 * 1024;
        return Rig.RunAsync(
            engine,
            async connection =>
            {
                byte[] message = new byte[Message];
                Array.Fill(message, (byte)'m');
                for (int i = 0; i < 3; i++)
                {
                    await connection.Output.WriteAsync(message).ConfigureAwait(false);
                    long sent = connection.SentBytes;
                    await Eventually.True(() => connection.SentBytes > sent).ConfigureAwait(false);
                }
            },
            async peer =>
            {
                string all = Bytes.Text(await Task.Run(peer.ReceiveToEnd));
                string[] parts = all.Split("beat;", StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal([Message, Message, Message], parts.Select(part => part.Length));
                Assert.All(parts, part => Assert.True(part.All(letter => letter == 'm')));
                Assert.InRange(all.Length - (3 * Message), 3 * "beat;".Length, int.MaxValue);
            },
            new RigOptions { Connection = Heartbeat(TimeSpan.FromMilliseconds(2), Timeout.InfiniteTimeSpan) },
            peerReceiveBufferBytes: 4096);
    }

    [Theory, EngineData]
    public Task Heartbeat_IsSilent_AfterOurEndOfStream(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            connection.Output.Complete();
            Assert.True((await connection.Input.ReadAsync().ConfigureAwait(false)).IsCompleted);
            Assert.Equal(Errno.None, connection.Fault);
        },
        async peer =>
        {
            peer.ReceiveToEnd();
            await Task.Delay(s_short, TimeProvider.System);
            peer.FinishSending();
        },
        new RigOptions { Connection = Heartbeat(TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan) });

    [Theory, EngineData]
    public Task SilentPeer_IsAbortedAtItsTimeout_AlthoughWeBeat(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            SocketCallException thrown = await Assert.ThrowsAsync<SocketCallException>(
                async () => await connection.Input.ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
            Assert.Equal(Errno.ETIMEDOUT, thrown.Errno);
        },
        peer =>
        {
            peer.Expect("beat;");
            Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
            return Task.CompletedTask;
        },
        new RigOptions { Connection = Heartbeat(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(250)) });

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Tcp6)]
    public Task KeepAlive_IsSetAsAsked(EngineCase engine) => Rig.RunAsync(
        engine,
        connection =>
        {
            KernelSocket socket = connection.Socket;
            Assert.True(socket.Get(SocketOptions.KeepAlive));
            Assert.Equal(
                (17, 5, 3),
                (socket.Get(SocketOptions.KeepAliveIdleSeconds), socket.Get(SocketOptions.KeepAliveIntervalSeconds), socket.Get(SocketOptions.KeepAliveProbes)));
            return Task.CompletedTask;
        },
        peer =>
        {
            peer.ExpectEnd();
            return Task.CompletedTask;
        },
        new RigOptions { Connection = new ConnectionOptions { KeepAlive = new KeepAliveOptions(TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(5), 3) } });

    // With an infinite limit, what an earlier step had scheduled must not end the close.
    [Theory, EngineData]
    public async Task InfiniteDrain_OutlastsTheIdleTimeout(EngineCase engine)
    {
        const int Flood = 8 * 1024 * 1024;
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(Bytes.Pattern(Flood));
                Task closed = connection.CloseAsync();
                await flush.ConfigureAwait(false);
                await closed.ConfigureAwait(false);
                Assert.Equal(Errno.None, connection.Fault);
            },
            async peer =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
                Assert.Equal(Flood, (await Task.Run(peer.ReceiveToEnd)).Length);
                peer.FinishSending();
            },
            new RigOptions
            {
                Connection = new ConnectionOptions
                {
                    IdleTimeout = TimeSpan.FromMilliseconds(300),
                    DrainTimeout = Timeout.InfiniteTimeSpan,
                    LingerTimeout = Timeout.InfiniteTimeSpan,
                },
            },
            peerReceiveBufferBytes: 4096);
    }

    private static ConnectionOptions Heartbeat(TimeSpan interval, TimeSpan peerTimeout) =>
        new() { Heartbeat = new HeartbeatOptions(interval, "beat;"u8.ToArray(), peerTimeout) };
}
