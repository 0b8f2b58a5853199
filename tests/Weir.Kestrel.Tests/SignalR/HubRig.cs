using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;

namespace Weir.Kestrel.Tests.SignalR;

/// <summary>An application with a hub, its clients, and the connections below them.</summary>
internal sealed class HubRig : IAsyncDisposable
{
    private readonly ConcurrentQueue<HubConnection> _clients = new();
    private readonly ConcurrentQueue<ConnectionContext> _connections = new();

    public WebRig Web { get; private set; } = null!;

    public static async Task<HubRig> StartAsync(TransportCase transport)
    {
        var rig = new HubRig();
        rig.Web = await WebRig.StartAsync(
            transport,
            app => app.MapHub<TestHub>("/hub"),
            options => options.Listen(IPAddress.Loopback, port: 0, listen => listen.Use(next => connection =>
            {
                rig._connections.Enqueue(connection);
                return next(connection);
            })),
            builder => builder.Services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = null;
                options.EnableDetailedErrors = true;
            }));
        return rig;
    }

    /// <summary>A client that is connected, by this wire and no other.</summary>
    public async Task<HubConnection> ConnectAsync(HttpTransportType wire, Action<HubConnection>? prepare = null, bool reconnects = false)
    {
        IHubConnectionBuilder builder = new HubConnectionBuilder().WithUrl($"http://127.0.0.1:{Web.Port}/hub", wire);
        if (reconnects)
            builder.WithAutomaticReconnect([.. Enumerable.Repeat(TimeSpan.Zero, 10)]);
        HubConnection client = builder.Build();
        _clients.Enqueue(client);
        prepare?.Invoke(client);
        await client.StartAsync().InTime();
        return client;
    }

    /// <summary>Resets every connection that there is.</summary>
    public void Break()
    {
        while (_connections.TryDequeue(out ConnectionContext? connection))
            connection.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask())).InTime();
        await Web.DisposeAsync();
    }
}

internal sealed class TestHub : Hub
{
    public string Repeat(string text) => text;

    public async IAsyncEnumerable<int> Count(int end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < end; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return i;
        }
    }

    public async Task<int> Sum(IAsyncEnumerable<int> numbers)
    {
        int sum = 0;
        await foreach (int number in numbers)
            sum += number;
        return sum;
    }

    public Task Say(string text) => Clients.All.SendAsync("said", text);
}
