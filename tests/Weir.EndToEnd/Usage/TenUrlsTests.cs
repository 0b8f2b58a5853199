using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Usage;

/// <summary>The ten addresses that say what the grammar is about: the streams listen, the others say in one line that they are none.</summary>
public sealed class TenUrlsTests
{
    [RequiresNetworkNamespaceFact]
    public async Task TheStreams_Listen()
    {
        using var folder = new TemporaryFolder();
        await Listens("tcp://127.0.0.1:80", "tcp://127.0.0.1:http");
        await Listens("tcp4://0.0.0.0:3110", "tcp4://:3110");
        await Listens("tcp6://[::]:3110", "tcp6://:3110");
        await Listens("tcp6://[2001:db8::1]:3110", "tcp6://[2001:db8::1]:3110");
        await Listens($"unix://{folder.File("sys.sock")}", $"unix://{folder.File("sys.sock")}");
    }

    [Theory]
    [InlineData("udp://:3110")]
    [InlineData("udp4://:3110")]
    [InlineData("udp6://:3110")]
    [InlineData("unixgram:///tmp/sys.sock")]
    [InlineData("unixpacket:///tmp/sys.sock")]
    public async Task TheOthers_SayThatTheyAreNoStreams(string url)
    {
        Finished refused = await WeirProcess.Run("serve", url);

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal($"weir: {url}: {url.Split(':')[0]} is not a stream; use tcp, tcp4, tcp6 or unix\n", refused.Errors);
    }

    private static async Task Listens(string address, string url)
    {
        await using WeirProcess server = await WeirProcess.ServeThroughAsync(NetworkNamespace.Starter, url);
        Assert.Equal(address, server.Address);
        Assert.Equal(0, await server.StopAsync());
    }
}
