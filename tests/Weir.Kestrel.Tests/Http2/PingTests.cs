using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

public sealed class PingTests
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    [Theory]
    [TransportData]
    public async Task APing_IsAnsweredWithItsPayload(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, Timeout.InfiniteTimeSpan, Deadline.Generous);
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.SendAsync(FrameType.Ping, FrameFlags.None, stream: 0, 1, 2, 3, 4, 5, 6, 7, 8);

        Frame answer = await client.ReadUntilAsync(frame => frame.Type == FrameType.Ping);
        Assert.True(answer.IsAck);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], answer.Payload);
    }

    [Fact]
    public Task AServerThatAsks_AsksAgain_WhenItWasAnswered() => OnEach.TransportAsync(async transport =>
    {
        await using WebRig rig = await StartAsync(transport, s_shortest, Deadline.Generous);
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        for (int i = 0; i < 2; i++)
        {
            Frame ping = await client.ReadUntilAsync(frame => frame is { Type: FrameType.Ping, IsAck: false });
            await client.SendAsync(FrameType.Ping, Frame.Ack, stream: 0, ping.Payload);
        }

        await client.GetAsync(stream: 1, "/");
        Assert.Equal("fine", await client.ReadBodyAsync(stream: 1));
    });

    [Fact]
    public Task AServerThatAsks_DropsWhoDoesNotAnswer() => OnEach.TransportAsync(async transport =>
    {
        await using WebRig rig = await StartAsync(transport, s_shortest, s_shortest);
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        Assert.True(await WaitForTheEndAsync(client), "the server asked nothing");
    });

    private static Task<WebRig> StartAsync(TransportCase transport, TimeSpan delay, TimeSpan timeout) => WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options =>
    {
        options.ListenHttp2();
        options.Limits.Http2.KeepAlivePingDelay = delay;
        options.Limits.Http2.KeepAlivePingTimeout = timeout;
    });

    // Whether there was a ping before.
    private static async Task<bool> WaitForTheEndAsync(FrameClient client)
    {
        bool wasAsked = false;
        try
        {
            while (await client.TryReadAsync() is { } frame)
                wasAsked |= frame is { Type: FrameType.Ping, IsAck: false };
        }
        catch (IOException reset) when (reset.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // The server does not wait for a peer that is gone.
        }

        return wasAsked;
    }
}
