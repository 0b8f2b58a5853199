using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Limits;

/// <summary>As many connections as are allowed, and no more.</summary>
public sealed class ConnectionLimitTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [TransportData]
    public async Task OneConnectionTooMany_IsClosed_UntilAnotherEnds(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, maxConnections: 2);
        using RawClient first = await rig.ConnectAsync();
        RawClient second = await rig.ConnectAsync();
        Assert.True(await IsServedAsync(first));
        Assert.True(await IsServedAsync(second));

        // Whoever is refused sends nothing, so that the end is no reset.
        using (RawClient third = await rig.ConnectAsync())
            Assert.Equal("", await third.ReadToEndAsync());
        Assert.Contains(rig.Log, line => line.Event == "ConnectionRejected");
        Assert.True(await IsServedAsync(first));
        second.Dispose();

        // The place is given back when the server has seen the end.
        using var limit = new CancellationTokenSource(Deadline.Generous);
        while (true)
        {
            using RawClient fourth = await rig.ConnectAsync();
            if (await IsServedAsync(fourth))
                break;
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    [Theory]
    [TransportData]
    public async Task WithoutALimit_ManyAreServed(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, maxConnections: null);
        RawClient[] clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => rig.ConnectAsync()));

        foreach (RawClient client in clients)
            Assert.True(await IsServedAsync(client));

        foreach (RawClient client in clients)
            client.Dispose();
        Assert.DoesNotContain(rig.Log, line => line.Event == "ConnectionRejected");
    }

    private static async Task<bool> IsServedAsync(RawClient client)
    {
        try
        {
            await client.SendAsync(Get);
            await client.ReadUntilAsync("served");
            return true;
        }
        catch (Exception refused) when (refused is SocketException or EndOfStreamException)
        {
            return false;
        }
    }

    private static Task<WebRig> StartAsync(TransportCase transport, long? maxConnections) => WebRig.StartAsync(
        transport,
        app => app.MapGet("/", () => "served"),
        options =>
        {
            options.Listen(IPAddress.Loopback, port: 0);
            options.Limits.MaxConcurrentConnections = maxConnections;
        });
}
