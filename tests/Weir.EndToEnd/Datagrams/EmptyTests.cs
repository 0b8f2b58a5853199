using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Datagrams;

/// <summary>Datagrams and messages of no bytes: an end to many programs, a message like any other here.</summary>
public sealed class EmptyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string[] Urls =>
    [
        "udp://127.0.0.1:0", "udp4://127.0.0.1:0", "udp6://[::1]:0",
        $"unixgram://{_folder.File("gram")}", $"unixpacket://{_folder.File("packet")}",
    ];

    [Fact]
    public async Task Serve_AnswersThem()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync(Urls);

        foreach (string address in server.Addresses)
            await ComesBackAsync(address);

        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Relay_PassesThemOn_BothWays()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync(Urls);
        foreach (string address in server.Addresses)
        {
            bool isUnix = address.StartsWith("unix", StringComparison.Ordinal);
            string from = isUnix ? address + ".relay" : address[..address.LastIndexOf(':')] + ":0";
            await using WeirProcess relay = await WeirProcess.RelayAsync(from, address);

            await ComesBackAsync(relay.Address);

            Assert.Equal(0, await relay.StopAsync());
            Assert.Empty(relay.Events("notice"));
        }
    }

    [Fact]
    public async Task Listen_MakesThemRecords()
    {
        string log = _folder.File("log");
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. Urls, "--to", log, "--frame", "datagrams"]);

        foreach (string address in listener.Addresses)
        {
            using Peer peer = await Peer.ConnectAsync(address);
            await peer.SendAsync("a\nb");
            await peer.SendAsync("");
            await peer.SendAsync("c");
        }

        string expected = string.Concat(Enumerable.Repeat("3 a\nb0 1 c", 5));
        await listener.Program.Until(() => File.ReadAllText(log).Length == expected.Length, "all records");
        // Records of different peers may come in any order.
        Assert.Equal(expected.Order(), (await File.ReadAllTextAsync(log)).Order());
        Assert.Equal(0, await listener.StopAsync());
    }

    public void Dispose() => _folder.Dispose();

    private async Task ComesBackAsync(string address)
    {
        string? own = address.StartsWith("unixgram", StringComparison.Ordinal) ? _folder.File($"own-{Guid.NewGuid():N}") : null;
        using Peer peer = await Peer.ConnectAsync(address, own);
        await peer.SendAsync("before");
        await peer.SendAsync("");
        await peer.SendAsync("after");
        Assert.Equal("before", Encoding.ASCII.GetString(await peer.ReceiveMessageAsync()));
        Assert.Empty(await peer.ReceiveMessageAsync());
        Assert.Equal("after", Encoding.ASCII.GetString(await peer.ReceiveMessageAsync()));
    }
}
