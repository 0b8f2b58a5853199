using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Datagrams;

/// <summary>A unix socket that sends datagrams and has no name cannot be answered, and need not be.</summary>
public sealed class UnnamedPeerTests
{
    [Fact]
    public async Task Relay_HearsIt_AndCountsTheAnswers()
    {
        using var folder = new TemporaryFolder();
        await using WeirProcess echo = await WeirProcess.ServeAsync($"unixgram://{folder.File("echo")}");
        await using WeirProcess relay = await WeirProcess.RelayAsync($"unixgram://{folder.File("relay")}", echo.Address);
        using Peer unnamed = await Peer.ConnectAsync(relay.Address);
        await unnamed.SendAsync("heard");
        using Peer named = await Peer.ConnectAsync(relay.Address, folder.File("named"));
        await named.SendAsync("answered");
        Assert.Equal("answered", await named.ReceiveAsync(8));
        await relay.Program.Until(
            () => relay.Events("status").Any(status => status.GetProperty("dropped").GetInt32() == 1), "the answer that found nobody");

        Assert.Equal(0, await relay.StopAsync());
        JsonElement stopped = Assert.Single(relay.Events("stopped"));
        Assert.Equal((13, 8), (stopped.GetProperty("sentToBytes").GetInt32(), stopped.GetProperty("sentBackBytes").GetInt32()));
        Assert.Empty(relay.Events("notice"));
    }
}
