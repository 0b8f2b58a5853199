using System.Diagnostics;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

public sealed class WireConditionsTests
{
    private const int Datagrams = 300;

    [HostFact]
    public async Task Delay_IsAtLeastWhatWasAskedFor_InItsDirectionAlone()
    {
        var delay = TimeSpan.FromMilliseconds(20);
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        pair.Wire.AToB.Conditions = new WireConditions { Delay = delay, Jitter = TimeSpan.FromMilliseconds(1) };

        IReadOnlyList<string> received = await SendAsync(pair, 10);

        Assert.Equal(Numbers(10), received);
        Assert.All(log.Events, happened => Assert.InRange(
            Stopwatch.GetElapsedTime(happened.Frame.ArrivedAt, happened.LeftAt), delay - TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue));
    }

    // The first frame gets nearly all of it, and the others stay behind.
    [HostFact]
    public async Task Jitter_IsPartOfTheDelay_AndKeepsTheOrder()
    {
        WireConditions conditions = new() { Delay = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(15) };
        ulong seed = Enumerable.Range(1, 1000).Select(number => (ulong)number).First(number => new WireChance(number, direction: 1).Next(frame: 1, WireQuestion.Jitter) > 0.95);
        await using Pair pair = Pair.Create(new WireOptions { Seed = seed });
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        pair.Wire.AToB.Conditions = conditions;

        Assert.Equal(Numbers(20), await SendAsync(pair, 20));

        TimeSpan[] taken = [.. log.Events.Select(happened => Stopwatch.GetElapsedTime(happened.Frame.ArrivedAt, happened.LeftAt))];
        Assert.InRange(taken[0], conditions.Delay + (0.9 * conditions.Jitter), TimeSpan.MaxValue);
        Assert.All(taken, time => Assert.InRange(time, conditions.Delay - conditions.Jitter, TimeSpan.MaxValue));
    }

    [HostFact]
    public async Task SameSeed_SameFates()
    {
        var conditions = new WireConditions
        {
            LossProbability = 0.1,
            CorruptionProbability = 0.1,
            DuplicationProbability = 0.1,
            ReorderingProbability = 0.1,
        };

        string[] first = await Fates(seed: 7, conditions);
        string[] second = await Fates(seed: 7, conditions);
        string[] other = await Fates(seed: 8, conditions);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        foreach (WireFate fate in (WireFate[])[WireFate.Lost, WireFate.Corrupted, WireFate.Duplicated])
            Assert.InRange(first.Count(line => line.EndsWith($" {fate}", StringComparison.Ordinal)), 10, 60);
    }

    [HostFact]
    public async Task SameSeed_SameFates_WhateverComesTheOtherWay()
    {
        var conditions = new WireConditions { LossProbability = 0.2, CorruptionProbability = 0.1, DuplicationProbability = 0.1 };

        string[] alone = await Fates(seed: 7, conditions);
        string[] disturbed = await Fates(seed: 7, conditions, disturb: true);

        Assert.Equal(alone, disturbed);
        Assert.Equal(disturbed, await Fates(seed: 7, conditions, disturb: true));
    }

    [HostFact]
    public async Task Loss_DoesNotChangeWhichFramesAreCorrupted()
    {
        string[] alone = await Fates(seed: 3, new WireConditions { CorruptionProbability = 0.2 });
        string[] both = await Fates(seed: 3, new WireConditions { CorruptionProbability = 0.2, LossProbability = 0.2 });

        string[] lost = [.. both.Where(line => line.EndsWith(" Lost", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
        Assert.NotEmpty(lost);
        Assert.Equal(alone.Where(line => !lost.Contains(line.Split(' ')[0])), both.Where(line => !lost.Contains(line.Split(' ')[0])));
    }

    [HostFact]
    public async Task Pattern_LosesEveryThird()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { LossPattern = "..x" };

        Assert.Equal(["0", "1", "3", "4", "6", "7"], await SendAsync(pair, 9, lost: 3));
    }

    [HostFact]
    public async Task Reordered_IsOvertakenByTheDistance()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { ReorderingProbability = 1, ReorderingDistance = 2, ReorderingTimeout = TimeSpan.FromMinutes(1) };
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("late"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Arrived == 1);
            pair.Wire.AToB.Conditions = new WireConditions();
            client.Send("1"u8);
            client.Send("2"u8);
            client.Send("3"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 4);

            Assert.Equal(["1", "2", "late", "3"], await Pair.ReceiveAsync(server, 4));
        }
    }

    [HostFact]
    public async Task Reordered_WithNothingBehind_GoesAfterTheTimeout()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { ReorderingProbability = 1, ReorderingTimeout = TimeSpan.FromMilliseconds(5) };

        Assert.Equal(["0"], await SendAsync(pair, 1));
    }

    [HostFact]
    public async Task Corrupted_IsNoticedByTheReceiver()
    {
        await using Pair pair = Pair.Create(new WireOptions { Seed = 11 });
        // With this seed behind the headers, where the checksum of UDP alone sees it.
        using WireRule rule = pair.Wire.AToB.Corrupt(_ => true);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send(new byte[1200]);
            // The kernel looks at the checksum when somebody wants the bytes.
            await Eventually.True(() => Pair.Receive(server).Count == 0 && pair.Server.Counters()["UdpInCsumErrors"] == 1);
        }
    }

    [HostFact]
    public async Task Duplicated_ComesTwice()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { DuplicationProbability = 1 };

        Assert.Equal(["0", "0", "1", "1"], await SendAsync(pair, 2));
        Assert.Equal(2, pair.Wire.AToB.Counters[WireFate.Duplicated]);
    }

    [HostFact]
    public async Task Rate_WithAShortQueue_LosesWhatComesTooFast()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { RateBitsPerSecond = 100_000, QueueFrames = 3 };

        IReadOnlyList<string> received = await SendAsync(pair, 50, lost: null);

        Assert.Equal(Numbers(3), received.Take(3));
        Assert.NotEqual(0, pair.Wire.AToB.Counters[WireFate.QueueFull]);
        Assert.Equal(50, pair.Wire.AToB.Counters[WireFate.QueueFull] + received.Count);
    }

    [HostFact]
    public async Task Mtu_SwallowsWhatIsLonger()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { MtuBytes = 1000 };
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send(new byte[1000 - 28]);
            client.Send(new byte[1001 - 28]);
            await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.TooLong] == 1);

            Assert.Equal(1000 - 28, Assert.Single(await Pair.ReceiveAsync(server, 1)).Length);
        }
    }

    [HostFact]
    public async Task Cut_IsOneWay_AndEnds()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { IsCut = true };
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("lost"u8);
            server.Send("back"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.Cut] == 1 && pair.Wire.BToA.Counters.Left == 1);
            Assert.Equal(["back"], await Pair.ReceiveAsync(client, 1));

            pair.Wire.SetConditions(new WireConditions());
            client.Send("there"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);
            Assert.Equal(["there"], await Pair.ReceiveAsync(server, 1));
        }
    }

    [Fact]
    public void WrongValues_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new WireConditions { LossProbability = 1.5 }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { LossProbability = double.NaN }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { LossPattern = "..y" }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { Delay = TimeSpan.FromTicks(-1) }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { Delay = TimeSpan.MaxValue }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { Jitter = TimeSpan.FromDays(1.1) }.Validate("value"));
        Assert.Throws<ArgumentException>(() => new WireConditions { ReorderingTimeout = TimeSpan.MaxValue }.Validate("value"));
        new WireConditions { Delay = TimeSpan.FromDays(1), Jitter = TimeSpan.FromDays(1) }.Validate("value");
        Assert.Throws<ArgumentException>(() => new WireConditions { QueueFrames = 0 }.Validate("value"));
    }

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(number => $"{number}");

    /// <summary>Sends numbers one by one, and returns those that came out.</summary>
    private static async Task<IReadOnlyList<string>> SendAsync(Pair pair, int count, int? lost = 0)
    {
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            foreach (string number in Numbers(count))
                client.Send(System.Text.Encoding.ASCII.GetBytes(number));
            WireCounters counters = pair.Wire.AToB.Counters;
            await Eventually.True(() => counters.Arrived == count);
            await Eventually.True(() => counters.Left - counters[WireFate.Duplicated] == count - (lost ?? counters[WireFate.QueueFull])
                && counters[WireFate.Duplicated] == count * (int)pair.Wire.AToB.Conditions.DuplicationProbability);
            return await Pair.ReceiveAsync(server, (int)counters.Left);
        }
    }

    private static async Task<string[]> Fates(ulong seed, WireConditions conditions, bool disturb = false)
    {
        await using Pair pair = Pair.Create(new WireOptions { Seed = seed });
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        pair.Wire.SetConditions(conditions);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            for (int i = 0; i < Datagrams; i++)
            {
                client.Send(new byte[20]);
                if (disturb)
                    server.Send(new byte[1 + i]);
            }

            WireCounters counters = pair.Wire.AToB.Counters;
            await Eventually.True(() => counters.Left - counters[WireFate.Duplicated] + counters[WireFate.Lost] == Datagrams);
        }

        return [.. log.Events.Where(happened => happened.Direction == pair.Wire.AToB).OrderBy(happened => happened.Frame.Number).ThenBy(happened => happened.Fate)
            .Select(happened => $"{happened.Frame.Number} {happened.Fate}")];
    }
}
