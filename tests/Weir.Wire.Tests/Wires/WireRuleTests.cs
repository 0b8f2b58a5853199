using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Wires;

public sealed class WireRuleTests
{
    [HostFact]
    public async Task ThirdDataSegment_IsDropped_AndSentAgain()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (client)
        using (server)
        using (pair.Wire.Observe(log))
        using (WireRule rule = pair.Wire.AToB.Drop(Segments.Data(3)))
        {
            client.Set(SocketOptions.NoDelay, value: true);
            var received = new List<string>();
            foreach (byte letter in "abcde"u8.ToArray())
            {
                client.Send([letter]);
                // The third goes at once with the others behind it: what came before is acknowledged.
                await Eventually.True(() => log.Events.Any(happened => Has(happened, letter)));
            }

            await Eventually.True(() =>
            {
                received.AddRange(Pair.Receive(server));
                return string.Concat(received) == "abcde";
            });

            Assert.Equal(1, rule.Matched);
            Assert.Equal(WireFate.Dropped, log.Events.First(happened => Has(happened, (byte)'c')).Fate);
            Assert.Equal(1, pair.Wire.AToB.Counters[WireFate.Dropped]);
            Assert.NotEqual(0, pair.Client.Counters()["TcpRetransSegs"]);
        }
    }

    [HostFact]
    public async Task HeldSynAck_KeepsTheClientWaiting_UntilItIsReleased()
    {
        await using Pair pair = Pair.Create();
        using WireHold hold = pair.Wire.BToA.Hold(Segments.SynAck);
        using KernelSocket listener = pair.Server.Listen(Pair.Port);
        using KernelSocket client = pair.Client.BeginConnect(pair.Server.Address, Pair.Port);

        await hold.WaitForAsync(1, Deadline.Generous);
        Assert.Equal(TcpState.SynSent, client.Info!.Value.State);
        Assert.False(client.WaitFor(POLLOUT, TimeSpan.Zero));
        hold.Release();

        await Eventually.True(() => client.WaitFor(POLLOUT, TimeSpan.Zero));
        Assert.Equal(TcpState.Established, client.Info!.Value.State);
    }

    [HostFact]
    public async Task ClockedRelease_WaitsForTheStatesOfBothSides()
    {
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (client)
        using (server)
        {
            using WireHold hold = pair.Wire.AToB.Hold(Segments.Fin);
            client.Shutdown(SHUT_WR);
            (TcpState? Client, TcpState? Server) seen = default;

            await hold.WaitForAsync(1, Deadline.Generous);
            await hold.ReleaseWhenAsync(
                () =>
                {
                    seen = (client.Info?.State, server.Info?.State);
                    return seen == (TcpState.FinWait1, TcpState.Established);
                },
                Deadline.Generous);

            await Eventually.True(() => server.Info?.State == TcpState.CloseWait);
            Assert.Equal((TcpState.FinWait1, TcpState.Established), seen);
        }
    }

    [HostFact]
    public async Task ClockedRelease_WhoseConditionNeverHolds_LeavesTheFramesHeld()
    {
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            using WireHold hold = pair.Wire.AToB.Hold(_ => true);
            client.Send("x"u8);
            await hold.WaitForAsync(1, Deadline.Generous);

            TimeoutException late = await Assert.ThrowsAsync<TimeoutException>(() => hold.ReleaseWhenAsync(() => false, TimeSpan.FromMilliseconds(10)));

            Assert.Contains("1 frames are held", late.Message, StringComparison.Ordinal);
            Assert.Single(hold.Frames);
            Assert.Empty(Pair.Receive(server));
        }
    }

    [HostFact]
    public async Task HeldFrames_GoInTheirOrder_OrNotAtAll()
    {
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            WireHold hold = pair.Wire.AToB.Hold(_ => true);
            foreach (byte letter in "abcd"u8.ToArray())
                client.Send([letter]);
            await hold.WaitForAsync(4, Deadline.Generous);

            hold.Release(2);
            hold.Drop(1);
            hold.Release();

            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 3);
            Assert.Equal(["a", "b", "d"], await Pair.ReceiveAsync(server, 3));
            client.Send("e"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 4);
        }
    }

    [HostFact]
    public async Task Delayed_IsOvertaken()
    {
        await using Pair pair = Pair.Create();
        using WireRule rule = pair.Wire.AToB.Delay(_ => true, TimeSpan.FromMilliseconds(30), times: 1);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("late"u8);
            client.Send("soon"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 2);

            Assert.Equal(["soon", "late"], await Pair.ReceiveAsync(server, 2));
        }
    }

    [HostFact]
    public async Task Injected_AndReplayedFrames_Arrive()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("once"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);

            pair.Wire.AToB.Inject(Assert.Single(log.Events).Frame.Bytes.Span);

            await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.Injected] == 1);
            Assert.Equal(["once", "once"], await Pair.ReceiveAsync(server, 2));
        }
    }

    [HostFact]
    public async Task ThrowingPredicate_EndsItsRule_AndNothingElse()
    {
        await using Pair pair = Pair.Create();
        using WireHold hold = pair.Wire.AToB.Hold(_ => throw new FormatException("mine"));
        Task waiting = hold.WaitForAsync(1, Deadline.Generous);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("x"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);

            Assert.IsType<FormatException>(hold.Error);
            Assert.IsType<FormatException>((await Assert.ThrowsAsync<InvalidOperationException>(() => waiting)).InnerException);
            Assert.Equal(["x"], await Pair.ReceiveAsync(server, 1));
        }
    }

    [HostFact]
    public async Task Transfer_ThroughABadWire_IsWhole()
    {
        const int Bytes = 300_000;
        await using Pair pair = Pair.Create();
        pair.Wire.SetConditions(new WireConditions
        {
            Delay = TimeSpan.FromMilliseconds(1),
            LossProbability = 0.01,
            ReorderingProbability = 0.02,
            DuplicationProbability = 0.02,
            CorruptionProbability = 0.005,
        });
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (client)
        using (server)
        {
            byte[] sent = new byte[Bytes];
            new Random(1).NextBytes(sent);
            byte[] received = new byte[Bytes];
            (int done, int come) = (0, 0);
            await Eventually.True(() =>
            {
                if (client.Send(sent.AsSpan(done)) is { IsOk: true } taken)
                    done += taken.Value;
                while (server.Receive(received.AsSpan(come)) is { IsOk: true, Value: > 0 } part)
                    come += part.Value;
                return come == Bytes;
            });

            Assert.Equal(sent, received);
            Assert.NotEqual(0, pair.Wire.AToB.Counters[WireFate.Lost]);
        }
    }

    private static bool Has(WireEvent happened, byte letter) =>
        happened.Frame.Tcp is not null && happened.Frame.Packet.Payload.Span.IndexOf(letter) >= 0;
}
