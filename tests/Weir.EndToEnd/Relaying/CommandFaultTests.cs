using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>Commands of <c>exec:</c> that fail at their beginning: their client meets an end, the operator reads a line, nobody else notices.</summary>
public sealed class CommandFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task OneThatEndsAtOnce_EndsItsClient_AlsoOneThatGoesOnSending()
    {
        string flag = _folder.File("dies");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"exec:test ! -e {flag} || exit 7; exec cat");
        using Peer lasting = await Peer.ConnectAsync(relay.Address);
        await EchoAsync(lasting);
        await File.WriteAllTextAsync(flag, "");

        using Peer quiet = await Peer.ConnectAsync(relay.Address);
        Assert.Equal("", await quiet.ReceiveAsync(1));
        using Peer talkative = await Peer.ConnectAsync(relay.Address);
        talkative.SendUntilRefused();

        await relay.Program.Until(() => relay.Events("notice").Length == 2, "both ends");
        Assert.All(relay.Events("notice"), notice => Assert.EndsWith(": exit status 7", Text(notice, "message"), StringComparison.Ordinal));
        await EchoAsync(lasting);
        Assert.Equal(2, relay.Events("notice").Count(notice => Text(notice, "kind") == "ChildFailed"));
    }

    [Fact]
    public async Task OneThatIsNotThere_IsTheShellsToSay()
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", "exec:/no/such/command");
        using Peer client = await Peer.ConnectAsync(relay.Address);

        Assert.Equal("", await client.ReceiveAsync(1));

        await relay.UntilEvent("notice");
        Assert.Equal("exec:/no/such/command: exit status 127", Text(Assert.Single(relay.Events("notice")), "message"));
        await relay.Program.ErrorsHave("/no/such/command: not found");
        Assert.Equal(0, await relay.StopAsync());
    }

    // As where no process or descriptor is left.
    [RequiresCommandFact("unshare -Urm mount --bind /dev/null /bin/sh", "util-linux")]
    public async Task OneThatCannotBeStarted_ResetsItsClient_AndTheRelayGoesOn()
    {
        await using WeirProcess relay = await WeirProcess.RelayThroughAsync(
            ["unshare", "-Urm", "sh", "-c", "mount --bind /dev/null /bin/sh; exec \"$@\"", "sh"], "tcp4://127.0.0.1:0", "exec:cat");
        for (int i = 0; i < 2; i++)
            await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => ReceiveAsync(relay.Address));

        await relay.UntilEvent("notice");
        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("StreamFailed", Text(notice, "kind"));
        Assert.StartsWith("start /bin/sh: ", Text(notice, "message"), StringComparison.Ordinal);
        Assert.Contains("Permission denied", Text(notice, "message"), StringComparison.Ordinal);
        Assert.Equal(0, await relay.StopAsync());
    }

    public void Dispose() => _folder.Dispose();

    // The reset may come before connect(2) has told its outcome.
    private static async Task<string> ReceiveAsync(string address)
    {
        using Peer client = await Peer.ConnectAsync(address);
        return await client.ReceiveAsync(1);
    }

    private static async Task EchoAsync(Peer peer)
    {
        await peer.SendAsync("hello\n");
        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
