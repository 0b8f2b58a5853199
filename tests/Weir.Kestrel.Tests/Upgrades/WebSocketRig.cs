using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>An application that serves WebSockets: over HTTP/1.1 by an upgrade, over HTTP/2 by an extended CONNECT.</summary>
internal sealed class WebSocketRig : IAsyncDisposable
{
    private readonly Version _version;
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());

    private WebSocketRig(WebRig web, Version version) => (Web, _version) = (web, version);

    public WebRig Web { get; }

    public static async Task<WebSocketRig> StartAsync(
        TransportCase transport, string version, Func<WebSocket, HttpContext, Task> serve, WebSocketOptions? options = null)
    {
        WebRig web = await WebRig.StartAsync(
            transport,
            app =>
            {
                app.UseWebSockets(options ?? new WebSocketOptions());
                app.Run(async context =>
                {
                    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                    await serve(socket, context);
                });
            },
            kestrel => kestrel.Listen(
                IPAddress.Loopback, port: 0, listen => listen.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        return new WebSocketRig(web, Version.Parse(version));
    }

    public async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = _version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Web.Port}/"), _invoker, CancellationToken.None).InTime();
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        await Web.DisposeAsync();
    }
}
