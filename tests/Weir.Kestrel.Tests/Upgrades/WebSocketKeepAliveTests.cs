using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>The server's pings, seen by a client that speaks frames.</summary>
public sealed class WebSocketKeepAliveTests
{
    // The example of RFC 6455, section 1.2.
    private const string Request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private const string Accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    // As a server writes them: their length follows, and no mask. What a client sends has a mask, here of zeros.
    private const string Ping = "\u0089";
    private const string MaskedPong = "\u008a\u0088\0\0\0\0";
    private const int PingBytes = 8;

    [Theory]
    [TransportData]
    public async Task Pings_ThatAreAnswered_KeepTheSocketOpen(TransportCase transport)
    {
        await using WebSocketRig rig = await StartAsync(transport, timeout: Deadline.Generous, (socket, _) => socket.EchoAsync());
        using RawClient client = await rig.Web.ConnectAsync();

        await client.SendAsync(Request);
        string received = await client.ReadUntilAsync("\r\n\r\n");
        Assert.Contains(Accepted, received, StringComparison.Ordinal);
        received = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        for (int i = 0; i < 5; i++)
        {
            string frame = await TakeFrameAsync(client, received);
            received = frame[(2 + PingBytes)..];
            Assert.Equal((Ping[0], (char)PingBytes), (frame[0], frame[1]));
            await client.SendAsync(string.Concat(MaskedPong, frame.AsSpan(2, PingBytes)));
        }

        await client.SendAsync("\u0081\u0085\0\0\0\0still");
        await client.ReadUntilAsync("\u0081\u0005still");
    }

    [Theory]
    [TransportData]
    public async Task APing_WithoutAnswer_AbortsTheSocket(TransportCase transport)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebSocketRig rig = await StartAsync(transport, timeout: TimeSpan.FromMilliseconds(50), async (socket, _) =>
            failed.SetResult(await Record.ExceptionAsync(socket.EchoAsync)));
        using RawClient client = await rig.Web.ConnectAsync();

        await client.SendAsync(Request);

        Exception? failure = await failed.Task.InTime();
        Assert.True(failure is WebSocketException or OperationCanceledException, $"{failure}");
        Exception? end = await Record.ExceptionAsync(client.ReadToEndAsync);
        Assert.True(end is null or SocketException, $"{end}");
    }

    private static async Task<string> TakeFrameAsync(RawClient client, string received)
    {
        while (received.Length < 2 + PingBytes)
            received += await client.ReadSomeAsync();
        return received;
    }

    private static Task<WebSocketRig> StartAsync(
        TransportCase transport, TimeSpan timeout, Func<WebSocket, Microsoft.AspNetCore.Http.HttpContext, Task> serve) =>
        WebSocketRig.StartAsync(
            transport,
            "1.1",
            serve,
            new WebSocketOptions
            {
                KeepAliveInterval = TimeSpan.FromMilliseconds(20),
                KeepAliveTimeout = timeout,
            });
}
