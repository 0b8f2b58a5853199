using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Datagrams;

/// <summary>More datagrams than a receive buffer holds: what the kernel drops is counted and shown, and everything else arrives.</summary>
public sealed partial class BurstTests : IDisposable
{
    private const int Burst = 1000;
    private const int DatagramBytes = 10;
    private const string SmallBuffer = "?rcvbuf=4k";

    private readonly TemporaryFolder _folder = new();

    private string Other => $"unix://{_folder.File("other")}";

    [Fact]
    public async Task Serve_ShowsHowMany_AndServesTheOthers()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("udp4://127.0.0.1:0" + SmallBuffer, Other, "--handler", "echo");
        using Peer other = await Peer.ConnectAsync(Other);
        await BurstAsync(server.Program, server.Address);
        await EchoAsync(other);
        long dropped = await ShownAsync(server, "droppedDatagrams");
        other.Dispose();

        Assert.Equal(0, await server.StopAsync());
        JsonElement stopped = Assert.Single(server.Events("stopped"));
        Assert.Equal(dropped, Number(stopped, "droppedDatagrams"));
        Assert.Equal((Burst - dropped) * DatagramBytes, Number(stopped, "receivedBytes") - 5);
    }

    [Fact]
    public async Task Listen_ShowsHowMany_AndSaysSo()
    {
        string log = _folder.File("log");
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            "udp4://127.0.0.1:0" + SmallBuffer, Other, "--to", log, "--frame", "raw");
        await BurstAsync(listener.Program, listener.Address);
        using Peer other = await Peer.ConnectAsync(Other);
        await other.SendAsync("other");
        long dropped = await ShownAsync(listener, "droppedDatagrams");
        other.Dispose();

        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(dropped, Number(Assert.Single(listener.Events("stopped")), "droppedDatagrams"));
        Assert.Equal(((Burst - dropped) * DatagramBytes) + 5, new FileInfo(log).Length);
        JsonElement notice = Assert.Single(listener.Events("notice"));
        Assert.Equal("DatagramsDropped", notice.GetProperty("kind").GetString());
        Assert.EndsWith(
            $":{listener.Port}: the kernel dropped {dropped} datagrams, because the receive buffer was full; "
            + "try ?rcvbuf=4M (net.core.rmem_max is its limit)",
            notice.GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_ShowsHowMany_AndPassesTheOthersOn()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("udp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync("udp4://127.0.0.1:0" + SmallBuffer, echo.Address);
        await BurstAsync(relay.Program, relay.Address);
        int sent = Burst + await EchoLaterAsync(relay.Address);
        await ShownAsync(relay, "droppedInReceiveBuffer");

        Assert.Equal(0, await relay.StopAsync());
        JsonElement stopped = Assert.Single(relay.Events("stopped"));
        long lost = Number(stopped, "droppedInReceiveBuffer") + Number(stopped, "dropped");
        Assert.Equal((sent - lost) * DatagramBytes, Number(stopped, "sentToBytes"));
    }

    // A unix socket that nobody reads takes a few datagrams (net.unix.max_dgram_qlen) and no more.
    [Fact]
    public async Task ABackendThatDoesNotReceive_LosesItsOwnDatagrams_AndNobodyElses()
    {
        using var full = BoundUnixSocket(_folder.File("full"));
        await using WeirProcess echo = await WeirProcess.ServeAsync($"unixgram://{_folder.File("echo")}");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            $"unixgram://{_folder.File("relay")}", $"unixgram://{_folder.File("full")}", echo.Address);
        using Peer unlucky = await Peer.ConnectAsync(relay.Address, _folder.File("unlucky"));
        using Peer other = await Peer.ConnectAsync(relay.Address, _folder.File("other"));
        for (int i = 0; i < Burst; i++)
            await unlucky.SendAsync("0123456789");
        await EchoAsync(other);
        await relay.Program.Until(
            () => relay.Events("status").Any(status => Number(status, "dropped") > 0), "a status with drops");

        Assert.Equal(0, await relay.StopAsync());
        JsonElement stopped = Assert.Single(relay.Events("stopped"));
        Assert.Equal(0, Number(stopped, "droppedInReceiveBuffer"));
        Assert.Equal((Burst - Number(stopped, "dropped")) * DatagramBytes, Number(stopped, "sentToBytes") - 5);
    }

    [Theory]
    [InlineData("serve", @", \d+ dropped by the full receive buffer\n$")]
    [InlineData("listen", @"   dropped \d+ datagrams\n$")]
    [InlineData("relay", @", \d+ dropped by the full receive buffer\n$")]
    public async Task People_ReadItInTheLastLine(string command, string end)
    {
        await using WeirProcess sink = await WeirProcess.ServeAsync("udp4://127.0.0.1:0", "--handler", "discard");
        string[] rest = command switch
        {
            "serve" => ["--handler", "discard"],
            "listen" => ["--to", _folder.File("log")],
            _ => [sink.Address],
        };
        string[] arguments = [command, "udp4://127.0.0.1:0" + SmallBuffer, .. rest];
        await using RunningProgram program = RunningProgram.Start([.. WeirProcess.Command, .. arguments]);
        await program.OutputHas("Ctrl-C");
        await BurstAsync(program, FirstAddress().Match(program.Output).Value);
        await program.SignalAsync("TERM");

        Assert.Equal(0, await program.ExitAsync());
        Assert.Matches(end, program.Output);
    }

    public void Dispose() => _folder.Dispose();

    // The process cannot receive while they come.
    private static async Task BurstAsync(RunningProgram program, string address)
    {
        using Peer peer = await Peer.ConnectAsync(address);
        await program.SignalAsync("STOP");
        for (int i = 0; i < Burst; i++)
            await peer.SendAsync("0123456789");
        await program.SignalAsync("CONT");
    }

    private static async Task EchoAsync(Peer peer)
    {
        await peer.SendAsync("other");
        Assert.Equal("other", await peer.ReceiveAsync(5));
    }

    // Its first ones may meet the buffer while it is still full.
    private static async Task<int> EchoLaterAsync(string address)
    {
        const int TriesPerDatagram = 40;
        using Peer other = await Peer.ConnectAsync(address);
        int tries = 0;
        int sent = 0;
        await Eventually.True(() =>
        {
            if (!other.HasInput && tries++ % TriesPerDatagram == 0)
            {
                other.SendAsync("other one.").GetAwaiter().GetResult();
                sent++;
            }

            return other.HasInput;
        });
        return sent;
    }

    private static async Task<long> ShownAsync(WeirProcess process, string key)
    {
        await process.Program.Until(
            () => process.Events("status").Any(status => Number(status, key) > 0), "a status with drops");
        long dropped = Number(process.Events("status")[^1], key);
        Assert.InRange(dropped, 1, Burst - 1);
        return dropped;
    }

    private static System.Net.Sockets.Socket BoundUnixSocket(string path)
    {
        var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();

    [GeneratedRegex(@"udp4://127\.0\.0\.1:\d+")]
    private static partial Regex FirstAddress();
}
