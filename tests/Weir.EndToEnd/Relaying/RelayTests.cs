using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary><c>weir relay</c> between programs that nobody here wrote.</summary>
public sealed class RelayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [RequiresProgramFact("socat", "socat")]
    public async Task TcpToUnix_OfSocat_BothWays()
    {
        string path = _folder.File("sort.sock");
        await using RunningProgram backend = RunningProgram.Start(["socat", "-d", "-d", "-t", "60", $"UNIX-LISTEN:{path},fork", "EXEC:sort"]);
        await backend.ErrorsHave("listening on");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"unix://{path}");

        Assert.Equal("apple\npear\n", (await Clients.Socat(relay.Socat, "pear\napple\n")).Output);
        Assert.Equal("a\nb\n", (await Clients.Ncat("127.0.0.1", $"{relay.Port}", "b\na\n")).Output);

        Assert.Equal(0, await relay.StopAsync());
        JsonElement stopped = Assert.Single(relay.Events("stopped"));
        Assert.Equal((2, 15, 15), (Number(stopped, "accepted"), Number(stopped, "sentToBytes"), Number(stopped, "sentBackBytes")));
        Assert.False(stopped.GetProperty("aborted").GetBoolean());
    }

    [RequiresProgramFact("curl", "curl")]
    public async Task Curl_ReadsThroughTwoBackends_AndADeadOneIsToldOnce()
    {
        await using WeirProcess daytime = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "daytime");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            "unix://" + _folder.File("in.sock"), daytime.Address, $"unix://{_folder.File("none")}", "--probe-interval", "600");
        for (int i = 0; i < 4; i++)
        {
            Finished got = await Clients.Curl("--unix-socket", _folder.File("in.sock"), "http://relay/").ToEnd();
            Assert.Contains("20", got.Output, StringComparison.Ordinal);
        }

        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("BackendDown", notice.GetProperty("kind").GetString());
        Assert.Equal($"backend unix://{_folder.File("none")}: ENOENT; down, probed every 600 s", notice.GetProperty("message").GetString());
    }

    [Fact]
    public async Task StandardStreams_AreRelayedOnce_InEitherPlace()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        Finished there = await new Run(WeirProcess.Command[0], WeirProcess.Command[1], "relay", "-", echo.Address) { Input = "to and fro\n" }.ToEnd();
        Assert.Equal(("to and fro\n", ""), (there.Succeeded().Output, there.Errors));

        string path = _folder.File("dash.sock");
        await using RunningProgram waiting = RunningProgram.Start([.. WeirProcess.Command, "relay", $"unix://{path}", "-"]);
        // The path is there from bind on, and listens a moment later (__SO_ACCEPTCON in the fourth column).
        await Eventually.True(() => File.ReadLines("/proc/net/unix").Any(socket => socket.EndsWith(path, StringComparison.Ordinal) && socket.Contains(" 00010000 ", StringComparison.Ordinal)));
        using (Peer client = await Peer.ConnectAsync($"unix://{path}"))
        {
            await client.SendAsync("from the client\n");
            await waiting.OutputHas("from the client\n");
            await waiting.WriteAsync("from the terminal\n");
            Assert.Equal("from the terminal\n", await client.ReceiveAsync(18));
            client.FinishSending();
            waiting.EndInput();
            Assert.Equal("", await client.ReceiveAsync(1));
        }

        Assert.Equal(0, await waiting.ExitAsync());
        Assert.Equal(("from the client\n", ""), (waiting.Output, waiting.Errors));
        Assert.False(File.Exists(path));
    }

    // Also at the limit, where no place is free to look for the next client with.
    [Theory, InlineData("1"), InlineData("10")]
    public async Task StandardStreams_WithTheirClientThere_ListenNoMore(string limit)
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, port: 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        string url = $"tcp4://127.0.0.1:{port}";
        await using RunningProgram relay = RunningProgram.Start([.. WeirProcess.Command, "relay", url, "-", "--max-connections", limit]);
        await relay.Until(() => IsListening(port), "a listener");
        using Peer client = await Peer.ConnectAsync(url);
        await client.SendAsync("from the client\n");
        await relay.OutputHas("from the client\n");

        await relay.Until(() => !IsListening(port), "an end of listening");

        client.FinishSending();
        relay.EndInput();
        Assert.Equal(0, await relay.ExitAsync());
    }

    // It is accepted while the relay still says to the old process that it serves.
    [Fact]
    public async Task AClientThatWaitedBeforeTheStart_IsTheOnlyOne()
    {
        string url = $"unix://{_folder.File("dash.sock")}";
        await using WeirProcess full = await WeirProcess.ServeAsync(url, "--max-connections", "1", "--handover", _folder.File("door"));
        using Peer inside = await Peer.ConnectAsync(url);
        await inside.SendAsync("x");
        await inside.ReceiveAsync(1);
        using Peer waiting = await Peer.ConnectAsync(url);
        await waiting.SendAsync("from the one who waited\n");

        await using RunningProgram relay = RunningProgram.Start([.. WeirProcess.Command, "relay", url, "-", "--handover", _folder.File("door")]);

        await relay.OutputHas("from the one who waited\n");
        waiting.FinishSending();
        relay.EndInput();
        Assert.Equal(0, await relay.ExitAsync());
        Assert.Equal("", relay.Errors);
    }

    [Fact]
    public async Task WhenNobodyReadsStandardOutput_ItEndsQuietly()
    {
        await using WeirProcess chargen = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "chargen");

        string script = $"{WeirProcess.InShell} relay - {chargen.Address} < /dev/zero | head -c 5 | wc -c; echo ${{PIPESTATUS[0]}}";
        Finished cut = await new Run("bash", "-c", script).ToEnd();

        Assert.Equal("", cut.Errors);
        Assert.StartsWith("5\n", cut.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Term_FinishesWhatIsUnderWay()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", echo.Address);
        using Peer client = await Peer.ConnectAsync(relay.Address);
        await client.SendAsync("before");
        Assert.Equal("before", await client.ReceiveAsync(6));

        await relay.Program.SignalAsync("TERM");
        await relay.UntilEvent("draining");
        await client.SendAsync("after");
        Assert.Equal("after", await client.ReceiveAsync(5));
        client.FinishSending();

        Assert.Equal(0, await relay.Program.ExitAsync());
    }

    // The runtime has about 70 descriptors open by itself, and ends the process when it finds none.
    [Theory]
    [InlineData("udp4")]
    [InlineData("tcp4")]
    public async Task AFloodOfPeers_LeavesTheRelayItsDescriptors(string scheme)
    {
        const int Limit = 200;
        await using WeirProcess echo = await WeirProcess.ServeAsync($"{scheme}://127.0.0.1:0");
        string script = $"ulimit -n {Limit}; exec {WeirProcess.InShell} relay --json {scheme}://127.0.0.1:0 {echo.Address}";
        await using RunningProgram relay = RunningProgram.Shell(script);
        await relay.OutputHas("\"relaying\"");
        string port = relay.Output.Split($"\"address\":\"{scheme}://127.0.0.1:")[1].Split('"')[0];
        var address = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        bool isUdp = scheme == "udp4";
        List<Socket> peers = [];
        for (int i = 0; i < 2 * Limit; i++)
        {
            peers.Add(new Socket(isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp));
            await peers[i].ConnectAsync(address);
            await peers[i].SendAsync("hello"u8.ToArray());
        }

        await relay.OutputHas("\"notice\"");
        Assert.Matches("\"(OutOfDescriptors|ConnectionLimit)\"", relay.Output);
        Assert.DoesNotContain("BackendDown", relay.Output, StringComparison.Ordinal);
        await GetsAnswerAsync(peers[0]);
        peers[0].Dispose();
        await relay.SignalAsync("TERM");
        peers.ForEach(peer => peer.Dispose());
        Assert.Equal(0, await relay.ExitAsync());
    }

    [Fact]
    public async Task Json_HasTheDocumentedKeys()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", echo.Address);
        await relay.UntilEvent("status");
        Assert.Equal(0, await relay.StopAsync());

        Assert.Equal("event address url", Keys(relay.Events("listening")[0]));
        Assert.Equal("event from to balance", Keys(relay.Events("relaying")[0]));
        Assert.Equal(
            "event connections accepted acceptedPerSecond sentToBytesPerSecond sentBackBytesPerSecond "
            + "dropped droppedInReceiveBuffer cutMessages bufferedBytes",
            Keys(relay.Events("status")[0]));
        Assert.Equal(
            "event accepted sentToBytes sentBackBytes dropped droppedInReceiveBuffer cutMessages aborted",
            Keys(Assert.Single(relay.Events("stopped"))));
    }

    [Theory]
    [InlineData("relay", "relay: the FROM is missing; see 'weir relay --help'")]
    [InlineData("relay tcp://:0", "relay: the TO is missing; see 'weir relay --help'")]
    [InlineData("relay - -", "relay: - on both sides; one of them has to be something else")]
    [InlineData("relay tcp://:0 tcp://:1 -", "relay: - cannot be one of several destinations; only URLs can")]
    [InlineData("relay exec: tcp://:1", "exec:: there is nothing after exec:; expected a command, as in exec:sort")]
    [InlineData("relay --pty tcp://:0 tcp://:1", "relay: --pty: there is no command that could have a terminal; use exec:COMMAND")]
    [InlineData(
        "relay --proxy-protocol-in file:/x tcp://:1",
        "relay: --proxy-protocol-in: file:/x has no clients that could begin with a header; listen on a URL")]
    [InlineData(
        "relay tcp://127.0.0.1:0 udp://127.0.0.1:1",
        "tcp://127.0.0.1:0 has a stream of bytes and udp://127.0.0.1:1 has datagrams; a relay does not change one into the other")]
    [InlineData(
        "relay udp://127.0.0.1:0 udp://127.0.0.1:1?tls=on",
        "udp://127.0.0.1:1?tls=on: TLS needs a stream, and udp is none; expected tcp, tcp4, tcp6 or unix")]
    [InlineData(
        "relay udp://127.0.0.1:0 udp://127.0.0.1:1 --proxy-protocol-out v2",
        "udp://127.0.0.1:0 has datagrams, and PROXY headers are at the beginning of streams")]
    [InlineData("relay tcp://:0 tpc://:1", "tpc://:1: unknown scheme 'tpc'; did you mean tcp?")]
    [InlineData("relay tcp://:0 tcp://:1 --balance most", "--balance most: expected one of roundrobin, least, random, hash")]
    public async Task EachMistake_IsOneLine(string arguments, string line)
    {
        Finished refused = await WeirProcess.Run(arguments.Split(' '));

        Assert.Equal($"weir: {line}\n", refused.Errors);
        Assert.Equal("", refused.Output);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public async Task DroppedDatagrams_AreShown()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("udp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync("udp4://127.0.0.1:0", echo.Address, "--max-connections", "1");
        using Peer first = await Peer.ConnectAsync(relay.Address);
        await first.SendAsync("first");
        Assert.Equal("first", await first.ReceiveAsync(5));
        using Peer second = await Peer.ConnectAsync(relay.Address);
        await second.SendAsync("second");
        await relay.Program.Until(() => relay.Events("status").Any(line => Number(line, "dropped") == 1), "the drop in the status");
        Assert.Equal(0, await relay.StopAsync());
        Assert.Equal((1, 0), (Number(relay.Events("stopped")[0], "dropped"), Number(relay.Events("stopped")[0], "droppedInReceiveBuffer")));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task GetsAnswerAsync(Socket peer)
    {
        byte[] answer = new byte[5];
        Assert.Equal(5, await peer.ReceiveAsync(answer).InTime());
        Assert.Equal("hello"u8, answer);
    }

    // Without connecting: the relay takes one client. The state of a listener is 0A (proc(5)).
    private static bool IsListening(int port) =>
        File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{port:X4} 00000000:0000 0A ", StringComparison.Ordinal));

    private static string Keys(JsonElement line) => string.Join(' ', line.EnumerateObject().Select(property => property.Name));

    private static int Number(JsonElement line, string name) => line.GetProperty(name).GetInt32();
}
