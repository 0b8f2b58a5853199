using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>WebSockets that end without the handshake, and what a server that stops does to open ones.</summary>
public sealed class WebSocketEndTests
{
    [Theory]
    [WebSocketData]
    public async Task TheClientsAbort_EndsTheReceive_AndTheRequest(TransportCase transport, string version)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            failed.SetResult(await Record.ExceptionAsync(socket.EchoAsync));
        });
        using ClientWebSocket client = await rig.ConnectAsync();
        await ExchangeAsync(client);

        client.Abort();

        Exception? failure = await failed.Task.InTime();
        Assert.True(failure is WebSocketException or OperationCanceledException, $"{failure}");
        await aborted.Task.InTime();
    }

    [Theory]
    [WebSocketData]
    public async Task TheApplicationsAbort_EndsTheClientsReceive(TransportCase transport, string version)
    {
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, context) =>
        {
            await socket.ReceiveWholeAsync();
            context.Abort();
        });
        using ClientWebSocket client = await rig.ConnectAsync();
        await client.SendInFramesAsync("abort"u8.ToArray(), WebSocketMessageType.Text, frameBytes: 100);

        WebSocketException failure = await Assert.ThrowsAsync<WebSocketException>(client.ReceiveWholeAsync);
        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, failure.WebSocketErrorCode);
        Assert.Equal(WebSocketState.Aborted, client.State);
    }

    [Theory]
    [WebSocketData]
    public async Task TheApplicationsAbort_EndsASendThatWaits(TransportCase transport, string version)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, context) =>
        {
            await socket.ReceiveWholeAsync();
            // More than all buffers on the way hold, to a client that does not read.
            Task send = socket.SendAsync(new byte[24 * 1024 * 1024], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            Assert.False(send.IsCompleted);
            context.Abort();
            // A send meets the abort in one of two ways: it fails, or its bytes are gone.
            failed.SetResult(await Record.ExceptionAsync(() => send));
        });
        using ClientWebSocket client = await rig.ConnectAsync();
        await client.SendInFramesAsync("begin"u8.ToArray(), WebSocketMessageType.Text, frameBytes: 100);

        Exception? failure = await failed.Task.InTime();
        Assert.True(failure is null or WebSocketException or OperationCanceledException, $"{failure}");
    }

    [Theory]
    [WebSocketData]
    public async Task AStop_ThatTheApplicationHears_ClosesInOrder(TransportCase transport, string version)
    {
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, context) =>
        {
            IHostApplicationLifetime life = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
            using CancellationTokenRegistration stopping = life.ApplicationStopping.Register(() =>
                _ = socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "we stop", CancellationToken.None));
            await EchoToTheEndAsync(socket);
        });
        using ClientWebSocket client = await rig.ConnectAsync();
        await ExchangeAsync(client);

        Task stopping = rig.Web.Application.StopAsync();
        Assert.Null(await client.ReceiveWholeAsync());
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "we stop"), (client.CloseStatus, client.CloseStatusDescription));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None).InTime();

        await stopping.InTime();
        Assert.DoesNotContain(rig.Web.Log, line => line.Event == "NotAllConnectionsClosedGracefully");
    }

    [Theory]
    [WebSocketData]
    public async Task AStop_ThatNobodyHears_AbortsInTheEnd(TransportCase transport, string version)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebSocketRig rig = await WebSocketRig.StartAsync(transport, version, async (socket, _) =>
        {
            await Record.ExceptionAsync(socket.EchoAsync);
            ended.SetResult();
        });
        using ClientWebSocket client = await rig.ConnectAsync();
        await ExchangeAsync(client);

        // Nobody waits for the stop: what is open is aborted at once.
        Task stopping = rig.Web.Application.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(canceled: true));

        WebSocketException failure = await Assert.ThrowsAsync<WebSocketException>(client.ReceiveWholeAsync);
        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, failure.WebSocketErrorCode);
        await ended.Task.InTime();
        await stopping.InTime();
        Assert.Contains(rig.Web.Log, line => line.Event == "NotAllConnectionsClosedGracefully");
    }

    private static async Task ExchangeAsync(WebSocket client)
    {
        await client.SendInFramesAsync("there?"u8.ToArray(), WebSocketMessageType.Text, frameBytes: 100);
        Assert.Equal("there?"u8.ToArray(), await client.ReceiveWholeAsync());
    }

    private static async Task EchoToTheEndAsync(WebSocket socket)
    {
        while (await socket.ReceiveWholeAsync() is { } message)
            await socket.SendInFramesAsync(message, WebSocketMessageType.Text, frameBytes: int.MaxValue);
    }
}
