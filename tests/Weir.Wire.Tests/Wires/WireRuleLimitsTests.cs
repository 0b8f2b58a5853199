using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

/// <summary>Rules at the ends of their ranges, and on top of each other.</summary>
public sealed class WireRuleLimitsTests
{
    [HostFact]
    public async Task DelaysOutsideTheirRange_AreRefused_AndTheLongestOnesAddUp()
    {
        await using Pair pair = Pair.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Wire.AToB.Delay(_ => true, TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Wire.AToB.Delay(_ => true, TimeSpan.FromTicks(-1)));
        for (int i = 0; i < 3; i++)
            pair.Wire.AToB.Delay(_ => true, TimeSpan.FromDays(1), times: 1);
        pair.Wire.AToB.Conditions = new WireConditions { Delay = TimeSpan.FromDays(1), Jitter = TimeSpan.FromDays(1) };
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("in three days"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Arrived == 1);
            pair.Wire.AToB.Conditions = new WireConditions();
            client.Send("now"u8);

            Assert.Equal(["now"], await Pair.ReceiveAsync(server, 1));
            Assert.Equal(1, pair.Wire.AToB.Counters.Left);
        }
    }

    [HostFact]
    public async Task CorruptedByTwoRulesAndByChance_IsCorruptedAllTheSame()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        using WireRule once = pair.Wire.AToB.Corrupt(_ => true);
        using WireRule again = pair.Wire.AToB.Corrupt(_ => pair.Wire.AToB.Counters.Arrived == 2);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            pair.Wire.AToB.Conditions = new WireConditions { CorruptionProbability = 1 };
            client.Send("by chance"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);
            pair.Wire.AToB.Conditions = new WireConditions();
            client.Send("by a rule"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 2);

            Assert.All(log.Events, happened => Assert.Equal(WireFate.Corrupted, happened.Fate));
            Assert.All(log.Events, happened => Assert.Equal(1, TurnedBits(happened.Frame)));
        }
    }

    [HostFact]
    public async Task DuplicatedAndHeld_LeavesTwice()
    {
        await using Pair pair = Pair.Create();
        using WireRule twice = pair.Wire.AToB.Duplicate(_ => true);
        using WireHold hold = pair.Wire.AToB.Hold(_ => true);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("x"u8);
            await hold.WaitForAsync(1, Deadline.Generous);
            hold.Release();

            Assert.Equal(["x", "x"], await Pair.ReceiveAsync(server, 2));
            await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.Duplicated] == 1);
        }
    }

    [HostFact]
    public async Task InjectedFasterThanTheyLeave_AreRefused_AndAfterTheNetworkToo()
    {
        const int MaxInjected = 16_384;
        byte[] frame = new byte[60];
        using var go = new ManualResetEventSlim();
        Pair pair = Pair.Create();
        WireDirection direction = pair.Wire.AToB;
        WireRule busy = pair.Wire.BToA.Drop(_ => go.Wait(Deadline.Generous));
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            server.Send("wait"u8);
            await Eventually.True(() => pair.Wire.BToA.Counters.Arrived == 1);
            for (int i = 0; i < MaxInjected; i++)
                direction.Inject(frame);

            Assert.Throws<InvalidOperationException>(() => direction.Inject(frame));
            go.Set();
            await Eventually.True(() => direction.Counters[WireFate.Injected] + direction.Counters[WireFate.Refused] == MaxInjected);
            Assert.Equal(1, busy.Matched);
        }

        await pair.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => direction.Inject(frame));
    }

    [HostFact]
    public async Task ObserverThatLooksTwice_GoesOnAfterTheFirstLook()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable stays = pair.Wire.Observe(log);
        pair.Wire.Observe(log).Dispose();
        pair.Wire.AToB.Inject(new byte[60]);

        await Eventually.True(() => log.Events.Count == 1);
    }

    private static int TurnedBits(WireFrame frame) =>
        frame.Bytes.ToArray().Zip(frame.ArrivedBytes.ToArray(), (now, then) => int.PopCount(now ^ then)).Sum();
}
