using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.NineSchemes;

/// <summary><c>weir relay</c> between a socat and a socat of the same scheme: what the one asks, the other answers.</summary>
public sealed class RelayNineTests
{
    [RequiresProgramFact("socat", "socat")]
    public Task OnEpoll() => RelaysOn("epoll", Nine.Schemes);

    // Above the poller nothing knows the family: one of each kind of socket is enough.
    [RequiresProgramFact("socat", "socat")]
    public Task OnUring() => RelaysOn("uring", ["tcp", "udp", "unix", "unixpacket"]);

    // Above the poller nothing knows the family: one of each kind of socket is enough.
    [RequiresProgramFact("socat", "socat")]
    public Task OnPoll() => RelaysOn("poll", ["tcp", "udp", "unixgram", "unixpacket"]);

    [RequiresProgramFact("socat", "socat")]
    public Task OnSelect() => RelaysOn("select", ["tcp", "udp", "unixgram", "unixpacket"]);

    private static async Task RelaysOn(string engine, string[] schemes)
    {
        foreach (string scheme in schemes)
            await RelaysAsync(scheme, engine);
    }

    private static async Task RelaysAsync(string scheme, string engine)
    {
        using var folder = new TemporaryFolder();
        await using SocatServer server = await SocatServer.StartAsync(scheme, folder);
        string from = Nine.Url(scheme, folder.File("relay.sock"));
        await using WeirProcess relay = await WeirProcess.RelayAsync(from, server.Url, "--engine", engine);
        Assert.StartsWith($"{scheme}://", relay.Address, StringComparison.Ordinal);

        await SocatClient.AskAsync(relay.Address, $"ping {scheme}", $"pong {scheme}", folder);

        Assert.Equal(0, await relay.StopAsync());
        JsonElement stopped = Assert.Single(relay.Events("stopped"));
        int bytes = $"ping {scheme}\n".Length;
        Assert.Equal((1, bytes, bytes), (Number(stopped, "accepted"), Number(stopped, "sentToBytes"), Number(stopped, "sentBackBytes")));
        Assert.Empty(relay.Events("notice"));
        Assert.Equal("", relay.Program.Errors);
    }

    private static int Number(JsonElement line, string name) => line.GetProperty(name).GetInt32();
}
