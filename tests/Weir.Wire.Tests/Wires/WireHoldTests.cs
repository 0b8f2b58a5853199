using System.Collections.Concurrent;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

/// <summary>Whoever releases, drops or disposes at the same time: each frame gets one decision.</summary>
public sealed class WireHoldTests
{
    [HostFact]
    public async Task DroppedWhileAFrameIsOnItsWayIn_DropsThatToo()
    {
        await using Pair pair = Pair.Create();
        WireHold hold = pair.Wire.AToB.Hold(_ => true);
        // It is told that it is held before the hold has it.
        var meddler = new Meddler(hold.Drop);
        using IDisposable observation = pair.Wire.Observe(meddler);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("x"u8);

            await Eventually.True(() => meddler.Fates.Count == 2);
            Assert.Equal([WireFate.Held, WireFate.Dropped], meddler.Fates);
            Assert.Empty(Pair.Receive(server));
        }
    }

    [HostFact]
    public async Task ReleasedWhileAFrameIsOnItsWayIn_ReleasesThatToo_WhateverComesLater()
    {
        await using Pair pair = Pair.Create();
        WireHold hold = pair.Wire.AToB.Hold(_ => true);
        var meddler = new Meddler(_ =>
        {
            hold.Release();
            hold.Drop();
            hold.Dispose();
        });
        using IDisposable observation = pair.Wire.Observe(meddler);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("x"u8);

            await Eventually.True(() => meddler.Fates.Count == 2);
            Assert.Equal([WireFate.Held, WireFate.Forwarded], meddler.Fates);
        }
    }

    [HostFact]
    public async Task EveryoneAtOnce_DecidesEachFrameOnce()
    {
        const int Rounds = 40;
        const int Datagrams = 30;
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        using (pair.Wire.Observe(log))
        {
            for (int round = 0; round < Rounds; round++)
            {
                WireHold hold = pair.Wire.AToB.Hold(_ => true);
                using var start = new Barrier(participantCount: 4);
                Task[] deciding =
                [
                    Decide(start, () => hold.Release(3)),
                    Decide(start, () => hold.Drop(2)),
                    Decide(start, hold.Dispose),
                ];
                start.SignalAndWait();
                for (int i = 0; i < Datagrams; i++)
                    client.Send("x"u8);
                await Task.WhenAll(deciding).InTime();
            }

            WireCounters counters = pair.Wire.AToB.Counters;
            await Eventually.True(() => counters[WireFate.Forwarded] + counters[WireFate.Dropped] == Rounds * Datagrams);
            Assert.All(log.Events.GroupBy(happened => happened.Frame.Number), frame => Assert.Single(frame, happened => happened.Fate is not WireFate.Held));
        }
    }

    [HostFact]
    public async Task AfterTheNetwork_NothingIsLeftToDecide()
    {
        WireHold hold;
        await using (Pair pair = Pair.Create())
        {
            hold = pair.Wire.AToB.Hold(_ => true);
            (KernelSocket client, KernelSocket server) = pair.Datagrams();
            client.Send("x"u8);
            await hold.WaitForAsync(1, Deadline.Generous);
            client.Dispose();
            server.Dispose();
        }

        hold.Release(1);
        hold.Drop();
        hold.Dispose();

        Assert.Empty(hold.Frames);
    }

    [HostFact]
    public async Task AWaitThatIsOver_IsForgotten()
    {
        await using Pair pair = Pair.Create();
        using WireHold hold = pair.Wire.AToB.Hold(_ => true);

        await Assert.ThrowsAsync<TimeoutException>(() => hold.WaitForAsync(1, TimeSpan.FromMilliseconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => hold.Release(-1));
    }

    private static Task Decide(Barrier start, Action decision) => Task.Factory.StartNew(
        () =>
        {
            start.SignalAndWait();
            decision();
        },
        TaskCreationOptions.LongRunning);

    private sealed class Meddler(Action<int> decide) : IWireObserver
    {
        public ConcurrentQueue<WireFate> Fates { get; } = new();

        public void Observed(in WireEvent happened)
        {
            Fates.Enqueue(happened.Fate);
            if (happened.Fate is WireFate.Held)
                decide(int.MaxValue);
        }
    }
}
