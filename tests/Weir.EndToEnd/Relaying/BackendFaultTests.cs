using System.Net.Sockets;
using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>Backends that fail a client, and what becomes of it and of the others.</summary>
public sealed class BackendFaultTests : IDisposable
{
    // What is sent there leaves, comes back on the loopback interface and is thrown away: a host that is switched off.
    private const string Silence = "ip link set lo up; ip route add 192.0.2.1/32 dev lo; exec \"$@\"";

    private static readonly string[] s_silentHost = ["unshare", "-Urn", "sh", "-c", Silence, "sh"];

    private readonly TemporaryFolder _folder = new();

    private string In => $"unix://{_folder.File("in")}";

    [Fact]
    public async Task OneThatAcceptsAndNeverAnswers_IsEndedByTheIdleTimeout_AndNobodyElseIs()
    {
        await using WeirProcess silent = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "discard");
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            "tcp4://127.0.0.1:0", silent.Address, echo.Address, "--idle-timeout", "3");
        using Peer unlucky = await Peer.ConnectAsync(relay.Address);
        await unlucky.SendAsync("anybody?");
        await relay.Program.Until(() => Accepted(relay) == 1, "the first client");
        using Peer busy = await Peer.ConnectAsync(relay.Address);

        Task<string> end = unlucky.ReceiveAsync(1);
        while (!end.IsCompleted)
        {
            await EchoAsync(busy);
            await Task.Delay(50);
        }

        var reset = await Assert.ThrowsAsync<SocketException>(() => end);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await EchoAsync(busy);
        busy.Dispose();
        Assert.Equal(0, await relay.StopAsync());
        // A client's silence is no fault of the relay's, and nothing to tell.
        Assert.Empty(relay.Events("notice"));
    }

    [RequiresNetworkNamespaceFact]
    public async Task AHostThatIsSwitchedOff_CostsAShareOfTheConnectTimeout_AndTheNextBackendIsTaken()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync($"unix://{_folder.File("echo")}");
        await using WeirProcess relay = await WeirProcess.RelayThroughAsync(
            s_silentHost, In, "tcp4://192.0.2.1:80", echo.Address, "--connect-timeout", "3.1", "--probe-interval", "600");

        using Peer first = await Peer.ConnectAsync(relay.Address);
        await EchoAsync(first);
        using Peer second = await Peer.ConnectAsync(relay.Address);
        await EchoAsync(second);
        await EchoAsync(first);

        await relay.UntilEvent("notice");
        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("BackendDown", Text(notice, "kind"));
        Assert.Equal("backend tcp4://192.0.2.1:80: ETIMEDOUT; down, probed every 600 s", Text(notice, "message"));
    }

    [RequiresNetworkNamespaceFact]
    public async Task WhenNoBackendIsLeft_TheClientIsReset_AndToldOnce()
    {
        await using WeirProcess relay = await WeirProcess.RelayThroughAsync(
            s_silentHost, In, "tcp4://192.0.2.1:80", $"unix://{_folder.File("none")}", "--connect-timeout", "0.2", "--probe-interval", "0");
        for (int i = 0; i < 2; i++)
        {
            using Peer client = await Peer.ConnectAsync(relay.Address);
            // A unix socket has no reset: it sees an end.
            Assert.Equal("", await client.ReceiveAsync(1));
        }

        Assert.Equal(0, await relay.StopAsync());
        Assert.Equal(["BackendDown", "BackendDown", "NoBackend"], relay.Events("notice").Select(notice => Text(notice, "kind")).Order());
    }

    [Fact]
    public async Task OneThatDiesInTheMiddle_EndsItsClients_AndTheNextOnesGoElsewhere()
    {
        await using WeirProcess dying = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            "tcp4://127.0.0.1:0", dying.Address, echo.Address, "--probe-interval", "600");
        using Peer unlucky = await Peer.ConnectAsync(relay.Address);
        await EchoAsync(unlucky);
        using Peer other = await Peer.ConnectAsync(relay.Address);
        await EchoAsync(other);

        await dying.Program.SignalAsync("KILL");
        Assert.Equal("", await unlucky.ReceiveAsync(1));
        await EchoAsync(other);
        for (int i = 0; i < 4; i++)
        {
            using Peer later = await Peer.ConnectAsync(relay.Address);
            await EchoAsync(later);
        }

        await relay.UntilEvent("notice");
        Assert.Equal("BackendDown", Text(Assert.Single(relay.Events("notice")), "kind"));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task EchoAsync(Peer peer)
    {
        await peer.SendAsync("hello");
        Assert.Equal("hello", await peer.ReceiveAsync(5));
    }

    private static long Accepted(WeirProcess relay) => relay.Events("status").LastOrDefault() is { ValueKind: JsonValueKind.Object } status
        ? status.GetProperty("accepted").GetInt64()
        : 0;

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
