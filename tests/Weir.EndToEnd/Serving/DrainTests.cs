using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>The end of a server: the first signal drains, the second does not wait.</summary>
public sealed class DrainTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task Signal_WithBytesOnTheirWay_AnswersThemAndExitsFine(string signal)
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "tcp6://[::1]:0");
        using Peer known = await Peer.ConnectAsync(server.Address);
        await known.SendAsync("before");
        Assert.Equal("before", await known.ReceiveAsync(6));
        using Peer fresh = await Peer.ConnectAsync(server.Addresses[1]);
        await known.SendAsync("sent already");
        await fresh.SendAsync("not even accepted, perhaps");

        await server.Program.SignalAsync(signal);

        Assert.Equal("sent already", await known.ReceiveAsync(1000));
        Assert.Equal("not even accepted, perhaps", await fresh.ReceiveAsync(1000));
        Assert.Equal(0, await server.Program.ExitAsync());
        JsonElement stopped = Assert.Single(server.Events("stopped"));
        Assert.Equal(2, stopped.GetProperty("accepted").GetInt64());
        Assert.Equal(44, stopped.GetProperty("receivedBytes").GetInt64());
        Assert.Equal(44, stopped.GetProperty("sentBytes").GetInt64());
        Assert.False(stopped.GetProperty("aborted").GetBoolean());
    }

    [Fact]
    public async Task Signal_WithoutConnections_EndsAtOnce()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--drain-timeout", "1000");
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal("", server.Program.Errors);
    }

    [Fact]
    public async Task AClientThatNeverReads_IsResetWhenTheTimeIsOver()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--drain-timeout", "0.2");
        using Peer deaf = await Peer.ConnectAsync(server.Address);
        deaf.SendUntilFull();

        Assert.Equal(1, await server.StopAsync());

        Assert.Equal(1, Assert.Single(server.Events("draining")).GetProperty("connections").GetInt32());
        Assert.True(Assert.Single(server.Events("stopped")).GetProperty("aborted").GetBoolean());
        Assert.Equal("", server.Program.Errors);
    }

    [Fact]
    public async Task ASecondSignal_DoesNotWait()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--drain-timeout", "1000");
        using Peer deaf = await Peer.ConnectAsync(server.Address);
        deaf.SendUntilFull();
        await server.Program.SignalAsync("TERM");
        await server.UntilEvent("draining");
        Assert.False(server.Program.HasExited);

        await server.Program.SignalAsync("INT");

        Assert.Equal(1, await server.Program.ExitAsync());
        Assert.True(Assert.Single(server.Events("stopped")).GetProperty("aborted").GetBoolean());
    }

    [Fact]
    public async Task WhileItDrains_NewConnectionsAreRefused()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--drain-timeout", "1000");
        using Peer deaf = await Peer.ConnectAsync(server.Address);
        deaf.SendUntilFull();
        await server.Program.SignalAsync("TERM");
        await server.UntilEvent("draining");

        await Eventually.True(() => IsRefused(server.Address));
    }

    private static bool IsRefused(string address)
    {
        try
        {
            using Peer peer = Peer.ConnectAsync(address).GetAwaiter().GetResult();
            return false;
        }
        catch (System.Net.Sockets.SocketException refused)
        {
            return refused.SocketErrorCode == System.Net.Sockets.SocketError.ConnectionRefused;
        }
    }
}
