using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Listening;

/// <summary><c>weir listen --to URL</c>: to each of the nine schemes.</summary>
public sealed class ToUrlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.File("log");

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
