using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Listening;

/// <summary>From each of the nine schemes, and to each.</summary>
public sealed class NineSchemesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.File("log");

    internal static string[] Urls(TemporaryFolder folder) =>
    [
        "tcp://127.0.0.1:0", "tcp4://127.0.0.1:0", "tcp6://[::1]:0", "udp://127.0.0.1:0", "udp4://127.0.0.1:0", "udp6://[::1]:0",
        $"unix://{folder.File("stream")}", $"unixgram://{folder.File("gram")}", $"unixpacket://{folder.File("packet")}",
    ];

    [RequiresProgramFact("socat", "socat")]
    public async Task FromAllNine_OfSocat_LinesAreInOneFile()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. Urls(_folder), "--to", Log]);

        foreach (string address in listener.Addresses)
            (await new Run("socat", "-u", "-", WeirProcess.SocatOf(address)) { Input = $"of {address}\nno newline" }.ToEnd()).Succeeded();
        await listener.Program.Until(() => File.ReadAllLines(Log).Length == 18, "all lines");

        Assert.Equal(0, await listener.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(Log);
        Assert.Equal(listener.Addresses.Select(address => $"of {address}").Order(), lines.Where(line => line.StartsWith("of ", StringComparison.Ordinal)).Order());
        Assert.Equal(9, lines.Count(line => line == "no newline"));
    }

    [Fact]
    public async Task Datagrams_StayApart_AlsoThoseOfNoBytes()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. Urls(_folder)[3..9], "--to", Log, "--frame", "datagrams"]);

        foreach (string address in listener.Addresses.Where(address => !address.StartsWith("unix:", StringComparison.Ordinal)))
        {
            using Peer peer = await Peer.ConnectAsync(address);
            await peer.SendAsync("a\nb");
            // A message of no bytes is the end to some, and a record to us.
            await peer.SendAsync("");
            await peer.SendAsync("c");
        }

        string expected = string.Concat(Enumerable.Repeat("3 a\nb0 1 c", 5));
        await listener.Program.Until(() => File.ReadAllText(Log).Length == expected.Length, "all records");
        Assert.Equal(expected.Order(), (await File.ReadAllTextAsync(Log)).Order());
        Assert.Equal(0, await listener.StopAsync());
    }

    [Theory]
    [InlineData("unixgram", "UNIX-RECV:")]
    [InlineData("unixpacket", "UNIX-LISTEN:")]
    [InlineData("unix", "UNIX-LISTEN:")]
    public async Task ToAUnixPeer_OfSocat_RecordsArrive(string scheme, string socat)
    {
        string target = _folder.File("target");
        string type = scheme == "unixpacket" ? ",socktype=5" : "";
        await using RunningProgram receiver = RunningProgram.Start(["socat", "-u", $"{socat}{target}{type}", "-"]);
        await receiver.Until(() => File.Exists(target), "the socket");
        await using WeirProcess listener = await WeirProcess.ListenAsync("tcp4://127.0.0.1:0", "--to", $"{scheme}://{target}");

        await Clients.Socat(listener.Socat, "one\ntwo\nthree");
        await receiver.OutputHas("three\n");

        Assert.Equal("one\ntwo\nthree\n", receiver.Output);
        Assert.Equal(0, await listener.StopAsync());
        Assert.Empty(listener.Events("notice"));
    }

    [Theory]
    [InlineData("udp", "127.0.0.1")]
    [InlineData("udp4", "127.0.0.1")]
    [InlineData("udp6", "[::1]")]
    public async Task ToUdp_EachRecordIsADatagram(string scheme, string host)
    {
        using Socket receiver = Bound(IPAddress.Parse(host.Trim('[', ']')));
        int port = ((IPEndPoint)receiver.LocalEndPoint!).Port;
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            $"unix://{_folder.File("s")}", "--to", $"{scheme}://{host}:{port}", "--frame", "datagrams");

        await Clients.Socat(listener.Socat, "4 one\n0 5 three");

        Assert.Equal(["one\n", "", "three"], [await ReceiveAsync(receiver), await ReceiveAsync(receiver), await ReceiveAsync(receiver)]);
        Assert.Equal(0, await listener.StopAsync());
    }

    // Each has to be told that the other is there again, except udp, which never knows.
    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("unixgram")]
    [InlineData("unixpacket")]
    public async Task APeerThatComesBack_GetsWhatCameMeanwhile(string scheme)
    {
        await using WeirProcess target = await WeirProcess.ListenAsync(
            scheme == "tcp" ? "tcp://127.0.0.1:0" : $"{scheme}://{_folder.File("target")}", "--to", Log);
        await using WeirProcess listener = await WeirProcess.ListenAsync($"unix://{_folder.File("s")}", "--to", target.Address);
        await Clients.Socat(listener.Socat, "one\n");
        await target.Program.Until(() => File.ReadAllText(Log) == "one\n", "the first line");

        Assert.Equal(0, await target.StopAsync());
        await Clients.Socat(listener.Socat, "two\n");
        await listener.UntilEvent("notice");
        await using WeirProcess again = await WeirProcess.ListenAsync(target.Address, "--to", Log);

        await again.Program.Until(() => File.ReadAllText(Log) == "one\ntwo\n", "the second line");
        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(0, await again.StopAsync());
    }

    [Fact]
    public async Task ABurstBeyondTheReceiveBuffer_IsCounted()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync("udp4://127.0.0.1:0?rcvbuf=4k", "--to", Log, "--frame", "raw");
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        await listener.Program.SignalAsync("STOP");
        for (int i = 0; i < 1000; i++)
            await peer.SendAsync("0123456789");
        await listener.Program.SignalAsync("CONT");

        Assert.Equal(0, await listener.StopAsync());
        System.Text.Json.JsonElement stopped = Assert.Single(listener.Events("stopped"));
        long dropped = stopped.GetProperty("droppedDatagrams").GetInt64();
        Assert.InRange(dropped, 1, 999);
        Assert.Equal(1000, dropped + stopped.GetProperty("writtenRecords").GetInt64());
        Assert.Equal(stopped.GetProperty("writtenRecords").GetInt64() * 10, new FileInfo(Log).Length);
        Assert.Contains(listener.Events("notice"), notice => notice.GetProperty("kind").GetString() == "DatagramsDropped");
    }

    public void Dispose() => _folder.Dispose();

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port: 0));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[1000];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer).InTime());
    }
}
