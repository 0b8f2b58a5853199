using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>More connections than there is room for: those inside are served, the others wait their turn, and the operator is told once.</summary>
public sealed class LimitTests
{
    // The runtime has about 70 descriptors open by itself.
    private const int DescriptorLimit = 128;

    [Fact]
    public async Task OutOfDescriptors_TheOthersWait_AndItIsSaidOnce()
    {
        string script = $"ulimit -n {DescriptorLimit}; exec {WeirProcess.InShell} serve tcp4://127.0.0.1:0";
        await using RunningProgram server = RunningProgram.Shell(script);
        await server.OutputHas("try: socat - TCP4:");
        List<Peer> clients = await Greet($"tcp://127.0.0.1:{server.Output.Split("TCP4:127.0.0.1:")[1].Split('\n')[0]}", DescriptorLimit);

        await server.ErrorsHave("EMFILE");
        await TakesTurns(clients);

        string line = Assert.Single(server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("weir: accept tcp4://127.0.0.1:", line, StringComparison.Ordinal);
        Assert.EndsWith(": EMFILE; connections wait in the kernel's queue until there is room; raise 'ulimit -n'", line, StringComparison.Ordinal);
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task MaxConnections_TheOthersWait_AndItIsSaidOnce()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--max-connections", "3");
        List<Peer> clients = await Greet(server.Address, count: 8);

        await server.UntilEvent("notice");
        await TakesTurns(clients, atOnce: 3);

        Assert.Equal("ConnectionLimit", Assert.Single(server.Events("notice")).GetProperty("kind").GetString());
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task IdleTimeout_ResetsWhoIsSilent()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--idle-timeout", "0.2");
        using Peer silent = await Peer.ConnectAsync(server.Address);

        var reset = await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => silent.ReceiveAsync(1));

        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private static async Task<List<Peer>> Greet(string address, int count)
    {
        List<Peer> clients = [];
        for (int i = 0; i < count; i++)
        {
            clients.Add(await Peer.ConnectAsync(address));
            await clients[i].SendAsync("x");
        }

        return clients;
    }

    /// <summary>Some are served; whenever these leave, others are, until all have been.</summary>
    private static async Task TakesTurns(List<Peer> clients, int? atOnce = null)
    {
        for (int round = 0; clients.Count > 0; round++)
        {
            await Eventually.True(() => clients.Count(client => client.HasInput) >= Math.Min(atOnce ?? 1, clients.Count));
            List<Peer> served = clients.FindAll(client => client.HasInput);
            Assert.True(atOnce is null || served.Count <= atOnce, $"{served.Count} were served at once");
            Assert.False(round == 0 && served.Count == clients.Count, "all were served at once: there was no limit");
            served.ForEach(client => client.Dispose());
            clients.RemoveAll(served.Contains);
        }
    }
}
