using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Relaying;

/// <summary>Long transfers, which the kernel moves where the engine lets it: nobody but the statistics may see a difference.</summary>
public sealed class SpliceContract
{
    private const int Long = 8_000_000;

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix, InlineOnly = true)]
    public async Task ALongTransfer_ArrivesWhole_WithItsEnd(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo);
        using Peer peer = rig.Connect();
        byte[] sent = Bytes.Pattern(Long);
        Task sending = Blocking(() =>
        {
            peer.Send(sent);
            peer.FinishSending();
        });

        Assert.Equal(sent, await Blocking(peer.ReceiveToEnd).InTime());
        await sending.InTime();

        long spliced = rig.Loops.Statistics.Sum(loop => loop.SplicedBytes);
        // Where receives are calls, on an edge.
        if (engine.Engine is "epoll" or "uring-5.15")
            Assert.InRange(spliced, Long, 2L * Long);
        else
            Assert.Equal(0, spliced);
    }

    // Both on one connection, twice: the kernel's turn ends when messages are short again.
    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task ATransferAndAConversation_TakeTurns(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo);
        using Peer peer = rig.Connect();
        byte[] transfer = Bytes.Pattern(Long);
        for (int round = 0; round < 2; round++)
        {
            Task sending = Blocking(() => peer.Send(transfer));
            Assert.Equal(transfer, await Blocking(() => peer.ReceiveExactly(Long)).InTime());
            await sending.InTime();
            for (int i = 0; i < 100; i++)
            {
                peer.Send($"message {i}");
                peer.Expect($"message {i}");
            }
        }

        peer.FinishSending();
        peer.ExpectEnd();
    }

    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task AReceiverThatIsReset_InTheMiddle_ResetsTheSender(EngineCase engine)
    {
        TaskCompletionSource<Errno> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            byte[] chunk = Bytes.Pattern(256 * 1024);
            while (!(await connection.Output.WriteAsync(chunk).ConfigureAwait(false)).IsCompleted)
            {
            }

            met.TrySetResult(connection.Fault);
        });
        using Peer peer = rig.Connect();
        await Blocking(() => peer.ReceiveExactly(Long)).InTime();

        peer.Reset();

        Assert.Contains(await met.Task.InTime(), (Errno[])[Errno.ECONNRESET, Errno.EPIPE]);
        await Eventually.True(() => rig.Relay.Statistics.Connections == 0);
    }

    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task ASenderThatIsReset_InTheMiddle_ResetsTheReceiver(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            byte[] chunk = Bytes.Pattern(256 * 1024);
            for (int sent = 0; sent < Long; sent += chunk.Length)
                await connection.Output.WriteAsync(chunk).ConfigureAwait(false);
            connection.Abort();
        });
        using Peer peer = rig.Connect();

        Assert.Equal(Errno.ECONNRESET, await Blocking(peer.ReceiveError).InTime());
    }

    // The sender is held while the receiver stands still, and goes on with it.
    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix, InlineOnly = true)]
    public async Task AReceiverThatStops_HoldsTheSender_AndGetsTheRestLater(EngineCase engine)
    {
        const int Total = 64 * 1024 * 1024;
        long written = 0;
        await using RelayRig rig = await RelayRig.StartAsync(engine, async connection =>
        {
            byte[] chunk = new byte[64 * 1024];
            for (int offset = 0; offset < Total; offset += chunk.Length)
            {
                Bytes.Pattern(chunk.Length, offset).CopyTo(chunk, 0);
                FlushResult flushed = await connection.Output.WriteAsync(chunk).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    return;
                Interlocked.Add(ref written, chunk.Length);
            }
        });
        using Peer peer = rig.Connect();
        Assert.Equal(Bytes.Pattern(Long), await Blocking(() => peer.ReceiveExactly(Long)).InTime());
        long seen;
        do
        {
            seen = Interlocked.Read(ref written);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
        while (seen != Interlocked.Read(ref written));

        Assert.InRange(seen, Long, Total - 1);
        Assert.InRange(rig.Loops.Statistics.Sum(loop => loop.BufferedBytes), 0, 1024 * 1024);
        Assert.Equal(Bytes.Pattern(Total - Long, Long), await Blocking(() => peer.ReceiveExactly(Total - Long)).InTime());
        peer.ExpectEnd();
    }

    // Scripted peers block, and the thread pool is the relay's.
    private static Task Blocking(Action action) => Task.Factory.StartNew(action, TaskCreationOptions.LongRunning);

    private static Task<T> Blocking<T>(Func<T> function) => Task.Factory.StartNew(function, TaskCreationOptions.LongRunning);
}
