using System.Text;
using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Datagrams;

/// <summary>Datagrams and messages that are longer than is received: their end is lost, which is told, and the next one is whole.</summary>
public sealed class TooLongTests : IDisposable
{
    private const int ChannelBytes = 64 * 1024;
    private const int MessageBytes = 256 * 1024;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Serve_AnswersWhatItGot_AndCountsIt()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync($"unixgram://{_folder.File("gram")}");
        using Peer peer = await Peer.ConnectAsync(server.Address, _folder.File("peer"));
        byte[] sent = Bytes(100_000);
        await peer.SendAsync(sent);
        Assert.Equal(sent[..ChannelBytes], await peer.ReceiveMessageAsync());
        await peer.SendAsync(Bytes(ChannelBytes));
        Assert.Equal(Bytes(ChannelBytes), await peer.ReceiveMessageAsync());

        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(1, Number(Assert.Single(server.Events("stopped")), "cutMessages"));
    }

    [Fact]
    public async Task Serve_TellsPeople()
    {
        string url = $"unixpacket://{_folder.File("packet")}";
        await using RunningProgram server = RunningProgram.Start([.. WeirProcess.Command, "serve", url, "--handler", "discard"]);
        await server.OutputHas("Ctrl-C");
        using (Peer peer = await Peer.ConnectAsync(url))
        {
            await peer.SendAsync(Bytes(MessageBytes + 1));
            await peer.SendAsync(Bytes(MessageBytes));
        }

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitAsync());
        Assert.EndsWith(" out, 1 cut\n", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unixgram", "datagram")]
    [InlineData("unixpacket", "message")]
    public async Task Listen_WritesWhatItGot_AndSaysSo(string scheme, string what)
    {
        string log = _folder.File("log");
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            $"{scheme}://{_folder.File("s")}", "--to", log, "--frame", "datagrams");
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        byte[] sent = Bytes(300_000);
        await peer.SendAsync(sent);
        await peer.SendAsync(Bytes(MessageBytes));
        byte[] record = [.. Encoding.ASCII.GetBytes("262144 "), .. sent[..MessageBytes]];
        await listener.Program.Until(() => new FileInfo(log).Length == 2 * record.Length, "two records");

        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(record.Concat(record), await File.ReadAllBytesAsync(log));
        JsonElement notice = Assert.Single(listener.Events("notice"));
        Assert.Equal("RecordCut", notice.GetProperty("kind").GetString());
        Assert.Matches($@"^unix\S*: a {what} of 300000 bytes was cut to 262144; longer ones are$", notice.GetProperty("message").GetString());
    }

    // The backend answers with as much, and then with what is just received whole.
    [RequiresProgramFact("perl", "perl-base")]
    public async Task Relay_PassesOnWhatItGot_AndSaysSo_InBothDirections()
    {
        const string Backend = "use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0) && bind(S, sockaddr_un($ARGV[0])) or die $!; "
            + "setsockopt(S, SOL_SOCKET, SO_SNDBUF, 100_000); print qq(ready\n); my $from = recv(S, my $got, 200_000, 0); "
            + "print length($got), qq(\n); send(S, 'x' x 100_000, 0, $from); send(S, 'y' x 65536, 0, $from); sleep";
        await using RunningProgram backend = RunningProgram.Start(["perl", "-e", Backend, _folder.File("backend")]);
        await backend.OutputHas("ready\n");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            $"unixgram://{_folder.File("relay")}", $"unixgram://{_folder.File("backend")}");
        using Peer peer = await Peer.ConnectAsync(relay.Address, _folder.File("peer"));
        await peer.SendAsync(Bytes(100_000));
        await backend.OutputHas("\n65536\n");
        Assert.Equal(Enumerable.Repeat((byte)'x', ChannelBytes), await peer.ReceiveMessageAsync());
        Assert.Equal(Enumerable.Repeat((byte)'y', ChannelBytes), await peer.ReceiveMessageAsync());

        Assert.Equal(0, await relay.StopAsync());
        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("MessageTruncated", notice.GetProperty("kind").GetString());
        Assert.Equal("a datagram of 100000 bytes is longer than is received here; its end is lost", notice.GetProperty("message").GetString());
        Assert.Equal(2, Number(Assert.Single(relay.Events("stopped")), "cutMessages"));
    }

    // It is received whole, and cannot be passed on.
    [Fact]
    public async Task APacketBeyondTheSendBuffer_ClosesItsConnections_IsTold_AndHarmsNobodyElse()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync($"unixpacket://{_folder.File("server")}");
        await using WeirProcess relay = await WeirProcess.RelayAsync($"unixpacket://{_folder.File("relay")}", server.Address);
        foreach (WeirProcess process in (WeirProcess[])[server, relay])
        {
            using Peer other = await Peer.ConnectAsync(process.Address);
            using Peer peer = await Peer.ConnectAsync(process.Address);
            await peer.SendAsync(Bytes(MessageBytes));
            await process.UntilEvent("notice");
            await other.SendAsync("other");
            Assert.Equal("other", await other.ReceiveAsync(5));
        }

        Assert.Equal("a message of 262144 bytes cannot be sent on: EMSGSIZE; give both URLs a larger sndbuf", Message(relay));
        Assert.Matches(@"^handler: SocketCallException: send unixpacket channel .*: EMSGSIZE", Message(server));
        Assert.Equal((0, 0), (await relay.StopAsync(), await server.StopAsync()));
    }

    [Fact]
    public async Task WithASendBufferAtTheDestination_ItIsRelayed()
    {
        await using WeirProcess sink = await WeirProcess.ListenAsync(
            $"unixpacket://{_folder.File("sink")}", "--to", _folder.File("log"), "--frame", "raw");
        await using WeirProcess relay = await WeirProcess.RelayAsync(
            $"unixpacket://{_folder.File("relay")}", $"{sink.Address}?sndbuf=512k");
        using Peer peer = await Peer.ConnectAsync(relay.Address);
        await peer.SendAsync(Bytes(MessageBytes));

        await sink.Program.Until(() => new FileInfo(_folder.File("log")).Length == MessageBytes, "the whole message");
        Assert.Empty(relay.Events("notice"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Message(WeirProcess process) => Assert.Single(process.Events("notice")).GetProperty("message").GetString()!;

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)(number % 251))];

    private static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();
}
