using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Connecting;

/// <summary><c>weir connect</c> where bytes come in pieces: datagrams and packets.</summary>
public sealed class MessageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task EachLine_IsADatagram_AndAnswersArePrinted()
    {
        using var peer = new UdpClient(new IPEndPoint(IPAddress.Loopback, port: 0));
        await using RunningProgram client = RunningProgram.Start(
            [.. WeirProcess.Command, "connect", $"udp://{peer.Client.LocalEndPoint}", "--answer-timeout", "60"]);

        await client.WriteAsync("one\ntwo\nunfinished");
        UdpReceiveResult first = await peer.ReceiveAsync().InTime();
        UdpReceiveResult second = await peer.ReceiveAsync().InTime();
        client.EndInput();
        UdpReceiveResult third = await peer.ReceiveAsync().InTime();

        Assert.Equal(["one\n", "two\n", "unfinished"], new[] { first, second, third }.Select(got => Encoding.ASCII.GetString(got.Buffer)));
        await peer.SendAsync(Encoding.ASCII.GetBytes("answer"), first.RemoteEndPoint);
        await client.OutputHas("answer");
        Assert.False(client.HasExited);
    }

    [Theory]
    [InlineData("udp://127.0.0.1:0")]
    [InlineData("unixgram://{0}/echo.sock")]
    [InlineData("unixpacket://{0}/echo.sock")]
    public async Task AnEcho_IsPrinted_AndTheEndOfTheInputEndsIt(string url)
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync(string.Format(null, url, _folder.Path));

        Finished client = await Connect("one\ntwo\n", echo.Address);

        Assert.Equal("one\ntwo\n", client.Succeeded().Output);
        Assert.Equal("", client.Errors);
    }

    [Fact]
    public async Task ALongLine_GoesInPieces()
    {
        using var peer = new UdpClient(new IPEndPoint(IPAddress.Loopback, port: 0));
        peer.Client.ReceiveBufferSize = 1 << 20;
        string line = new('x', 70_000);

        Finished client = await Connect(line, $"udp://{peer.Client.LocalEndPoint}", "--answer-timeout", "0");

        Assert.Equal("", client.Succeeded().Errors);
        Assert.Equal(65_507, (await peer.ReceiveAsync().InTime()).Buffer.Length);
        Assert.Equal(70_000 - 65_507, (await peer.ReceiveAsync().InTime()).Buffer.Length);
    }

    [Fact]
    public async Task NobodyThere_IsOneLineAndExitCode1()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        string address = $"udp://{silent.LocalEndPoint}";
        silent.Dispose();

        Finished refused = await Connect("hello\n", address, "--answer-timeout", "60");

        Assert.Equal(1, refused.ExitCode);
        Assert.Matches("^weir: .*ECONNREFUSED; .*\n$", refused.Errors);
        Finished absent = await WeirProcess.Run("connect", $"unixgram://{_folder.File("none")}");
        Assert.Equal(1, absent.ExitCode);
        Assert.Matches("^weir: connect unixgram:.*ENOENT; .*\n$", absent.Errors);
    }

    [Fact]
    public async Task ThePacketsEnd_IsOurs_ThoughTheInputGoesOn()
    {
        await using WeirProcess daytime = await WeirProcess.ServeAsync($"unixpacket://{_folder.File("day.sock")}", "--handler", "daytime");
        await using RunningProgram client = RunningProgram.Start([.. WeirProcess.Command, "connect", daytime.Address]);

        Assert.Equal(0, await client.ExitAsync());

        Assert.EndsWith("\r\n", client.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<Finished> Connect(string input, params string[] arguments) =>
        new Run("dotnet", [WeirProcess.Command[1], "connect", .. arguments]) { Input = input }.ToEnd();
}
