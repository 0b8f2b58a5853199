using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Usage;

/// <summary>Ten addresses that show what the grammar is about: each of them is listened on.</summary>
public sealed class TenUrlsTests
{
    [RequiresNetworkNamespaceFact]
    public async Task Each_IsListenedOn()
    {
        using var folder = new TemporaryFolder();
        await Listens("tcp://127.0.0.1:80", "tcp://127.0.0.1:http");
        await Listens("tcp4://0.0.0.0:3110", "tcp4://:3110");
        await Listens("tcp6://[::]:3110", "tcp6://:3110");
        await Listens("tcp6://[2001:db8::1]:3110", "tcp6://[2001:db8::1]:3110");
        await Listens("udp://[::]:3110", "udp://:3110");
        await Listens("udp4://0.0.0.0:3110", "udp4://:3110");
        await Listens("udp6://[::]:3110", "udp6://:3110");
        await Listens($"unixgram://{folder.File("gram.sock")}", $"unixgram://{folder.File("gram.sock")}");
        await Listens($"unixpacket://{folder.File("packet.sock")}", $"unixpacket://{folder.File("packet.sock")}");
        await Listens($"unix://{folder.File("sys.sock")}", $"unix://{folder.File("sys.sock")}");
    }

    private static async Task Listens(string address, string url)
    {
        await using WeirProcess server = await WeirProcess.ServeThroughAsync(NetworkNamespace.Starter, url);
        Assert.Equal(address, server.Address);
        Assert.Equal(0, await server.StopAsync());
    }
}
