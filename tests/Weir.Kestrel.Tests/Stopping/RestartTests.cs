using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Stopping;

/// <summary>Hosts come and go in one process.</summary>
[Collection(nameof(Alone))]
public sealed class RestartTests
{
    private const int Times = 100;

    [Theory]
    [TransportData]
    public async Task StartAndStop_AHundredTimesOnOnePort_LeavesNothingBehind(TransportCase transport)
    {
        int port = await ServeOnceAsync(transport, port: 0);
        ProcessCounts before = ProcessCounts.Now();

        for (int i = 0; i < Times; i++)
            await ServeOnceAsync(transport, port);

        await before.ReturnsAsync();
    }

    [Theory]
    [TransportData]
    public async Task AHostThatCannotBind_SaysWhy_AndLeavesNothingBehind(TransportCase transport)
    {
        await ServeOnceAsync(transport, port: 0);
        await using WebRig first = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "first"));
        ProcessCounts before = ProcessCounts.Now();

        IOException refused = await Assert.ThrowsAsync<IOException>(() => WebRig.StartAsync(
            transport,
            map: _ => { },
            options =>
            {
                options.Listen(IPAddress.Loopback, port: 0);
                options.Listen(IPAddress.Loopback, first.Port);
            }));

        Assert.Equal($"Failed to bind to address http://127.0.0.1:{first.Port}: address already in use.", refused.Message);
        Assert.IsType<AddressInUseException>(refused.InnerException);
        await before.ReturnsAsync();
        using HttpClient client = first.Client();
        Assert.Equal("first", await client.GetStringAsync("/"));
    }

    [Theory]
    [TransportData]
    public async Task DisposeWithoutStop_LeavesNothingBehind(TransportCase transport)
    {
        await ServeOnceAsync(transport, port: 0);
        ProcessCounts before = ProcessCounts.Now();
        WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"));
        using (HttpClient client = rig.Client())
            Assert.Equal("fine", await client.GetStringAsync("/"));

        // As a using statement does it.
        ((IDisposable)rig.Application).Dispose();

        await before.ReturnsAsync();
    }

    [Theory]
    [TransportData]
    public async Task TwoHosts_HaveNothingInCommon(TransportCase transport)
    {
        WebRig first = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "first"));
        await using WebRig second = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "second"));
        using HttpClient client = second.Client();
        Assert.Equal("second", await client.GetStringAsync("/"));

        await first.DisposeAsync();

        Assert.Equal("second", await client.GetStringAsync("/"));
        using RawClient fresh = await second.ConnectAsync();
        await fresh.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await fresh.ReadUntilAsync("second");
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task TwoHosts_HaveLoopsOfTheirOwn(TransportCase transport)
    {
        int before = ProcessCounts.Now().LoopThreads;
        await using WebRig first = await WebRig.StartAsync(transport, map: _ => { });
        int withOne = ProcessCounts.Now().LoopThreads;
        await using WebRig second = await WebRig.StartAsync(transport, map: _ => { });

        Assert.True(withOne > before);
        Assert.Equal(2 * (withOne - before), ProcessCounts.Now().LoopThreads - before);
    }

    private static async Task<int> ServeOnceAsync(TransportCase transport, int port)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", () => "fine"), options => options.Listen(IPAddress.Loopback, port));
        using HttpClient client = rig.Client();
        Assert.Equal("fine", await client.GetStringAsync("/"));
        return rig.Port;
    }
}
