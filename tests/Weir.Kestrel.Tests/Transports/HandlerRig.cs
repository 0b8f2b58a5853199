using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A server without HTTP: each connection is a test's own to serve.</summary>
internal sealed class HandlerRig : IAsyncDisposable
{
    private readonly WebRig _web;

    private HandlerRig(WebRig web) => _web = web;

    public WebRig Web => _web;

    public static async Task<HandlerRig> StartAsync(
        TransportCase transport, Func<ConnectionContext, Task> handler, Action<KestrelServerOptions, ListenOptionsSetter>? listen = null)
    {
        ListenOptionsSetter set = options => options.Run(connection => handler(connection));
        WebRig web = await WebRig.StartAsync(transport, map: _ => { }, options =>
        {
            if (listen is null)
                options.Listen(IPAddress.Loopback, port: 0, listener => set(listener));
            else
                listen(options, set);
        });
        return new HandlerRig(web);
    }

    public Task<RawClient> ConnectAsync() => _web.ConnectAsync();

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    public delegate void ListenOptionsSetter(ListenOptions options);
}
