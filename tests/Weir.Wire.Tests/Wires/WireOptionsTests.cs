using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

public sealed class WireOptionsTests
{
    [HostFact]
    public async Task LongFrames_AndTheLeastOfEverything_Pass()
    {
        await using Pair jumbo = Pair.Create(new WireOptions { MtuBytes = 9000 });
        await using Pair longest = Pair.Create(new WireOptions { MtuBytes = 65_535, BufferedFrames = 64 });
        await using Pair shortest = Pair.Create(new WireOptions { MtuBytes = 68, BufferedFrames = 64 });

        await PassAsync(jumbo, 9000 - 28);
        await PassAsync(longest, 65_535 - 28);
        await PassAsync(shortest, 68 - 28);
    }

    [Fact]
    public void WrongValues_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WireOptions { MtuBytes = 67 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WireOptions { MtuBytes = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WireOptions { BufferedFrames = 63 });
    }

    private static async Task PassAsync(Pair pair, int bytes)
    {
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            Assert.True(client.Send(new byte[bytes]).IsOk);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);

            Assert.Equal(bytes, Assert.Single(await Pair.ReceiveAsync(server, 1)).Length);
        }
    }
}
