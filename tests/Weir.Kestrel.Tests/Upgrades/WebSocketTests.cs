using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>Messages of every length, many sockets, and the handshake that closes.</summary>
public sealed class WebSocketTests
{
    private const WebSocketCloseStatus OwnStatus = (WebSocketCloseStatus)4001;

    [Theory]
    [WebSocketData]
    public async Task Messages_OfEveryLength_ComeBack(TransportCase transport, string version)
    {
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, (socket, _) => socket.EchoAsync());
        using ClientWebSocket client = await rig.ConnectAsync();

        // Where the length of the frame's length changes, and around a block.
        foreach (int bytes in new[] { 0, 1, 125, 126, 16_383, 16_384, 65_535, 65_536, 300_000 })
        {
            byte[] message = RandomNumberGenerator.GetBytes(bytes);
            Task sending = client.SendInFramesAsync(message, WebSocketMessageType.Binary, frameBytes: int.MaxValue);
            Assert.Equal(message, await client.ReceiveWholeAsync());
            await sending;
        }
    }

    [Theory]
    [WebSocketData]
    public async Task ALongMessage_InManyFrames_ComesBackWhole(TransportCase transport, string version)
    {
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, (socket, _) => socket.EchoAsync());
        using ClientWebSocket client = await rig.ConnectAsync();
        byte[] message = RandomNumberGenerator.GetBytes(2 * 1024 * 1024);

        Task sending = client.SendInFramesAsync(message, WebSocketMessageType.Binary, frameBytes: 7_001);
        byte[]? echo = await client.ReceiveWholeAsync();
        await sending;

        Assert.Equal(SHA256.HashData(message), SHA256.HashData(echo!));
    }

    [Theory]
    [WebSocketData]
    public async Task ManySockets_EachHaveTheirOwnMessages(TransportCase transport, string version)
    {
        const int Sockets = 20;
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, (socket, _) => socket.EchoAsync());
        await Task.WhenAll(Enumerable.Range(0, Sockets).Select(async _ =>
        {
            using ClientWebSocket client = await rig.ConnectAsync();
            for (int i = 0; i < 20; i++)
            {
                byte[] message = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(100 * i));
                await client.SendInFramesAsync(message, WebSocketMessageType.Text, frameBytes: 500);
                Assert.Equal(message, await client.ReceiveWholeAsync());
            }

            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None).InTime();
        }));
    }

    [Theory]
    [WebSocketData]
    public async Task TheClientsClose_IsSeen_AndAnswered(TransportCase transport, string version)
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, _) =>
        {
            await socket.EchoAsync();
            seen.SetResult($"{(int?)socket.CloseStatus} {socket.CloseStatusDescription} {socket.State}");
        });
        using ClientWebSocket client = await rig.ConnectAsync();

        await client.CloseAsync(OwnStatus, "enough", CancellationToken.None).InTime();

        Assert.Equal("4001 enough Closed", await seen.Task.InTime());
        Assert.Equal((WebSocketState.Closed, OwnStatus, "enough"), (client.State, client.CloseStatus, client.CloseStatusDescription));
    }

    [Theory]
    [WebSocketData]
    public async Task TheServersClose_IsSeen_AfterWhatItSent(TransportCase transport, string version)
    {
        TaskCompletionSource<WebSocketState> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] message = RandomNumberGenerator.GetBytes(200_000);
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, _) =>
        {
            await socket.SendInFramesAsync(message, WebSocketMessageType.Binary, frameBytes: 50_000);
            await socket.CloseAsync(OwnStatus, "that was all", CancellationToken.None);
            closed.SetResult(socket.State);
        });
        using ClientWebSocket client = await rig.ConnectAsync();

        Assert.Equal(message, await client.ReceiveWholeAsync());
        Assert.Null(await client.ReceiveWholeAsync());
        Assert.Equal((WebSocketState.CloseReceived, OwnStatus, "that was all"), (client.State, client.CloseStatus, client.CloseStatusDescription));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None).InTime();

        Assert.Equal(WebSocketState.Closed, await closed.Task.InTime());
    }
}
