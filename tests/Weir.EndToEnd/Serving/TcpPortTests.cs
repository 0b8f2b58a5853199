using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>Who gets a TCP port, and when.</summary>
public sealed class TcpPortTests
{
    private const int ManyClients = 40;

    [Fact]
    public async Task ASecondCopyOnThePort_IsRefusedInOneLine()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");

        Finished second = await WeirProcess.Run("serve", first.Address);

        Assert.Equal(2, second.ExitCode);
        Assert.Equal("", second.Output);
        Assert.Equal(
            $"weir: bind tcp://127.0.0.1:{first.Port}: EADDRINUSE; another socket has this port; find it with 'ss -ltnp', or choose another port\n",
            second.Errors);
    }

    [Fact]
    public async Task Restart_RightAfterTheServerClosedItsConnections_Works()
    {
        string address;
        await using (WeirProcess first = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "daytime"))
        {
            address = first.Address;
            using Peer peer = await Peer.ConnectAsync(address);
            Assert.NotEmpty(await peer.ReceiveAsync(1000));
            Assert.Equal(0, await first.StopAsync());
        }

        await using WeirProcess again = await WeirProcess.ServeAsync(address, "--handler", "daytime");
        Assert.Equal(address, again.Address);
    }

    [Fact]
    public async Task ReusePort_LetsTwoCopiesShareThePort()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0?reuseport=on");
        await using WeirProcess second = await WeirProcess.ServeAsync($"{first.Address}?reuseport=on");
        Assert.Equal(first.Address, second.Address);

        for (int i = 0; i < ManyClients; i++)
        {
            using Peer peer = await Peer.ConnectAsync(first.Address);
            await peer.SendAsync("x");
            Assert.Equal("x", await peer.ReceiveAsync(1));
        }

        Assert.Equal(0, await first.StopAsync());
        Assert.Equal(0, await second.StopAsync());
        long[] accepted = [.. new[] { first, second }.Select(server => server.Events("stopped")[0].GetProperty("accepted").GetInt64())];
        Assert.Equal(ManyClients, accepted.Sum());
        Assert.All(accepted, count => Assert.NotEqual(0, count));
    }

    [Fact]
    public async Task ReusePort_DoesNotLetInWhoDidNotAskForIt()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0?reuseport=on");

        Finished second = await WeirProcess.Run("serve", first.Address);

        Assert.Equal(2, second.ExitCode);
        Assert.Contains("EADDRINUSE", second.Errors, StringComparison.Ordinal);
    }
}
