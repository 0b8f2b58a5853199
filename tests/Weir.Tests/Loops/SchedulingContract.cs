using System.Collections.Concurrent;
using System.IO.Pipelines;
using Weir.Loops;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Loops;

/// <summary>Where a handler runs, which is a promise.</summary>
public sealed class SchedulingContract
{
    private const string LoopThread = "weir loop 0";

    [Theory, EngineData]
    public async Task Handler_RunsWhereItsSchedulingSays_AlsoAfterEachWait(EngineCase engine)
    {
        ConcurrentQueue<(string? Thread, bool IsPool, SynchronizationContext? Context)> seen = new();
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rig.RunAsync(
            engine,
            async connection =>
            {
                Look();
                ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
                Look();
                connection.Input.AdvanceTo(read.Buffer.End);
                ValueTask<FlushResult> flush = connection.Output.WriteAsync(new byte[16 * 1024 * 1024]);
                Assert.False(flush.IsCompleted);
                waits.SetResult();
                await flush.ConfigureAwait(false);
                Look();
                // A cancellation from elsewhere is a completion of ours as well.
                ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
                _ = Task.Run(connection.Input.CancelPendingRead);
                await waiting.ConfigureAwait(false);
                Look();
            },
            async peer =>
            {
                peer.Send("x");
                await waits.Task.InTime();
                await Task.Run(peer.ReceiveToEnd);
            },
            peerReceiveBufferBytes: 4096);
        Assert.Equal(4, seen.Count);
        Assert.All(seen, place => Assert.Equal((engine.IsInline, !engine.IsInline, null), (place.Thread == LoopThread, place.IsPool, place.Context)));

        void Look() => seen.Enqueue((Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread, SynchronizationContext.Current));
    }

    // The report itself lets the handler go, so nothing here depends on how long anything takes.
    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task HandlerThatBlocks_IsReportedByTheWatchdog_WhenItHoldsALoop(EngineCase engine)
    {
        using ManualResetEventSlim release = new();
        bool released = false;
        await using Rig rig = await Rig.StartAsync(
            engine,
            _ =>
            {
                released = release.Wait(Deadline.Generous);
                return Task.CompletedTask;
            },
            new RigOptions { Loop = new LoopOptions { StallThreshold = TimeSpan.FromMilliseconds(20) } });
        LoopStall reported = default;
        rig.Loops.Stalled += stall =>
        {
            reported = stall;
            release.Set();
        };
        using Peer peer = rig.Connect();
        peer.ExpectEnd();
        Assert.True(released);
        Assert.Equal((LoopThread, 1), (reported.LoopName, reported.Connections));
        Assert.InRange(reported.Duration, TimeSpan.FromMilliseconds(20), Deadline.Generous);
        await Eventually.True(() => rig.Events.Any(happened => happened.Kind == ServerEventKind.LoopStalled));
        Assert.InRange(rig.Statistics.Stalls, 1, 100);
    }

    [Theory, EngineData(SocketScheme.Tcp4, InlineOnly = true)]
    public async Task Loops_AreDisposedTwice_AndFromAReport(EngineCase engine)
    {
        using ManualResetEventSlim release = new();
        LoopGroup loops = engine.CreateLoops(1, new LoopOptions { StallThreshold = TimeSpan.FromMilliseconds(20) });
        TaskCompletionSource<Task> disposing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loops.Stalled += _ =>
        {
            disposing.TrySetResult(loops.DisposeAsync().AsTask());
            release.Set();
        };
        loops.Loops[0].Post(new Blocking(release));
        await (await disposing.Task.InTime()).InTime();
        await loops.DisposeAsync().AsTask().InTime();
    }

    private sealed class Blocking(ManualResetEventSlim release) : ILoopWork
    {
        public void RunOnLoop() => release.Wait(Deadline.Generous);
    }
}
