using System.Buffers;
using System.IO.Pipelines;
using Weir.Linux;
using Weir.Loops;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Rings;

/// <summary>A ring with too little of something: nothing is lost, overtaken, leaked or stuck. The rig's end looks for what is left.</summary>
public sealed class StarvationContract
{
    // Twice as many descriptors, of 20,000 that a process has where this was written.
    private const int Thousands = 3000;

    private const int Peers = 64;

    [RequiresUringTheory, RingData]
    public async Task NoFreeBuffer_ReceivesGoOn_WhenThereIsOne(EngineCase engine)
    {
        var options = new RigOptions
        {
            Loop = new LoopOptions { BlockSizeBytes = 2048, Ring = new RingOptions { FirstBuffers = 1, MostBuffers = 2 } },
        };
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, options);

        await EchoAtOnceAsync(rig, Peers, bytesEach: 20_000);

        if (rig.Loops.Loops[0].ReceivesByCompletion)
            Assert.InRange(rig.Statistics.BufferShortages, 1, long.MaxValue);
    }

    [RequiresUringTheory, RingData]
    public async Task FullQueues_KeepNothingBack(EngineCase engine)
    {
        var options = new RigOptions { Loop = new LoopOptions { Ring = new RingOptions { SubmissionEntries = 2, CompletionEntries = 4 } } };
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo, options);

        await EchoAtOnceAsync(rig, Peers, bytesEach: 5_000);

        Assert.InRange(rig.Statistics.FullSubmissions, 1, long.MaxValue);
        Assert.InRange(rig.Statistics.Overflows, 1, long.MaxValue);
    }

    [RequiresUringTheory, RingData]
    public async Task ThousandsOfPeersThatLeaveAtOnce_LeaveNothingBehind(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        Peer[] peers = await ConnectAsync(rig, Thousands);

        Array.ForEach(peers, peer => peer.Dispose());

        await Eventually.True(() => rig.Statistics.Connections == 0);
    }

    [RequiresUringTheory, RingData]
    public async Task ThousandsOfConnectionsThatAreAbortedAtOnce_LeaveNothingBehind(EngineCase engine)
    {
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Echo);
        Peer[] peers = await ConnectAsync(rig, Thousands);
        // Some have something on its way.
        foreach (Peer peer in peers.Where((_, i) => i % 3 == 0))
            peer.Send("half a message");
        var visit = new ConnectionVisitOf(rig.Loops.Loops[0], connection => connection.Abort());

        rig.Loops.Loops[0].Post(visit);

        // close(2) alone would not end the receives, and the peers would wait for ever.
        foreach (Peer peer in peers)
        {
            Errno end = peer.ReceiveError();
            if (engine.IsTcp)
                Assert.Equal(Errno.ECONNRESET, end);
            peer.Dispose();
        }

        await Eventually.True(() => rig.Statistics.Connections == 0);
    }

    [RequiresUringTheory, RingData]
    public async Task ASlowReaderOnEveryConnection_HoldsItsPeer_AndNobodyElse(EngineCase engine)
    {
        const int BytesEach = 400_000;
        using SemaphoreSlim go = new(0);
        var options = new RigOptions
        {
            Loop = new LoopOptions { BlockSizeBytes = 4096 },
            Connection = new ConnectionOptions { ReceiveHighMarkBytes = 16_384, ReceiveLowMarkBytes = 8_192 },
        };
        await using Rig rig = await Rig.StartAsync(engine, SlowAsync, options);
        Peer[] peers = await ConnectAsync(rig, 16);
        Task[] sending = [.. peers.Select((peer, i) => Blocking(() =>
        {
            peer.Send(Bytes.Pattern(BytesEach, i));
            peer.FinishSending();
        }))];

        // Everyone is full, by at most the block that reached the mark.
        await Eventually.True(() => rig.Statistics.PausedReceives >= peers.Length);
        Assert.InRange(rig.Statistics.ReceivedBytes, peers.Length * 16_384L, peers.Length * (16_384L + 4096));
        go.Release(peers.Length);
        for (int i = 0; i < peers.Length; i++)
        {
            byte[] received = await Blocking(peers[i].ReceiveToEnd).InTime();
            Assert.Equal(Bytes.Pattern(BytesEach, i), received);
        }

        await Task.WhenAll(sending).InTime();
        Array.ForEach(peers, peer => peer.Dispose());

        async Task SlowAsync(Connection connection)
        {
            await go.WaitAsync().ConfigureAwait(false);
            while (true)
            {
                ReadResult result = await connection.Input.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, 3000));
                await connection.Output.WriteAsync(part).ConfigureAwait(false);
                connection.Input.AdvanceTo(part.End);
                if (result.IsCompleted && result.Buffer.Length == part.Length)
                    return;
                await Task.Yield();
            }
        }
    }

    /// <summary>All have sent before any is served, because the loop is held meanwhile.</summary>
    private static async Task EchoAtOnceAsync(Rig rig, int count, int bytesEach)
    {
        Peer[] peers = await ConnectAsync(rig, count);
        using ManualResetEventSlim held = new();
        rig.Loops.Loops[0].Post(new Holding(held));
        for (int i = 0; i < count; i++)
        {
            peers[i].Send(Bytes.Pattern(bytesEach, i));
            peers[i].FinishSending();
        }

        held.Set();
        for (int i = 0; i < count; i++)
        {
            Peer peer = peers[i];
            Assert.Equal(Bytes.Pattern(bytesEach, i), await Blocking(peer.ReceiveToEnd).InTime());
            peer.Dispose();
        }
    }

    private static async Task<Peer[]> ConnectAsync(Rig rig, int count)
    {
        Peer[] peers = [.. Enumerable.Range(0, count).Select(_ => rig.Connect())];
        await Eventually.True(() => rig.Statistics.Connections == count);
        return peers;
    }

    private static Task Blocking(Action action) => Task.Factory.StartNew(action, TaskCreationOptions.LongRunning);

    private static Task<T> Blocking<T>(Func<T> function) => Task.Factory.StartNew(function, TaskCreationOptions.LongRunning);

    private sealed class Holding(ManualResetEventSlim until) : ILoopWork
    {
        public void RunOnLoop() => until.Wait(Deadline.Generous);
    }

    private sealed class ConnectionVisitOf(EventLoop loop, Action<Connection> action) : ILoopWork
    {
        public void RunOnLoop() => Array.ForEach(loop.Attached, connection => action(connection));
    }
}
