using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

/// <summary>A frame has left when the kernel took it.</summary>
public sealed class RefusalTests
{
    private const int EthernetBytes = 14;

    [HostFact]
    public async Task LongerThanTheInterfaceTakes_IsRefused_AndHasNotLeft()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        WireCounters counters = pair.Wire.AToB.Counters;

        pair.Wire.AToB.Inject(new byte[EthernetBytes + 1501]);
        // Longer than any batch has room for.
        pair.Wire.AToB.Inject(new byte[1_000_000]);
        pair.Wire.AToB.Inject(new byte[EthernetBytes + 1500]);

        await Eventually.True(() => counters[WireFate.Injected] == 1);
        Assert.Equal((2, 1), (counters[WireFate.Refused], counters.Left));
        Assert.Equal(
            [(WireFate.Refused, Errno.EMSGSIZE, false), (WireFate.Refused, Errno.EMSGSIZE, false), (WireFate.Injected, Errno.None, true)],
            log.Events.Select(happened => (happened.Fate, happened.Errno, happened.LeftAt != 0)).OrderBy(each => each.Item3));
    }

    [HostFact("ip=iproute2")]
    public Task AtAnInterfaceThatIsDown_FramesAreRefused_UntilItIsUpAgain() => SwitchOffAndOn(isObserved: true);

    [HostFact("ip=iproute2")]
    public Task AtAnInterfaceThatIsDown_FramesThatNobodyLooksAtAreRefused() => SwitchOffAndOn(isObserved: false);

    [HostFact]
    public async Task OneThatIsRefused_DoesNotTakeThoseBehindItAlong()
    {
        await using Pair pair = Pair.Create();
        WireCounters counters = pair.Wire.AToB.Counters;
        WireHold hold = pair.Wire.AToB.Hold(_ => true);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("before"u8);
            client.Send("behind"u8);
            await hold.WaitForAsync(2, Deadline.Generous);
            // Asked for while the wire's thread is busy with this, they are taken up in one turn, and so are one batch.
            WireRule together = pair.Wire.BToA.Drop(_ =>
            {
                hold.Release(1);
                pair.Wire.AToB.Inject(new byte[3000]);
                hold.Release();
                return true;
            });
            server.Send("now"u8);

            await Eventually.True(() => counters.Left == 2);
            Assert.Equal((1, null), (counters[WireFate.Refused], together.Error));
            Assert.Equal(["before", "behind"], await Pair.ReceiveAsync(server, 2));
        }
    }

    private static async Task SwitchOffAndOn(bool isObserved)
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable? observation = isObserved ? pair.Wire.Observe(log) : null;
        WireCounters counters = pair.Wire.AToB.Counters;
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            await Ip(pair.Server, "link", "set", "eth0", "down");
            client.Send("nobody"u8);
            await Eventually.True(() => counters[WireFate.Refused] == 1);
            Assert.Equal(0, counters.Left);

            await Ip(pair.Server, "link", "set", "eth0", "up");
            client.Send("somebody"u8);
            await Eventually.True(() => counters[WireFate.Forwarded] == 1);
            await Eventually.True(() => Pair.Receive(server).Contains("somebody"));
            if (isObserved)
                Assert.Equal([(WireFate.Refused, Errno.ENOBUFS), (WireFate.Forwarded, Errno.None)], log.Events.Where(happened => happened.Direction == pair.Wire.AToB).Select(happened => (happened.Fate, happened.Errno)));
        }
    }

    private static async Task Ip(Host host, params string[] arguments)
    {
        using Process ip = host.Start("ip", arguments);
        await ip.WaitForExitAsync().InTime();
        Assert.Equal(0, ip.ExitCode);
    }
}
