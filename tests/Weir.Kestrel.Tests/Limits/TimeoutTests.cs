using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Limits;

/// <summary>Clients that say nothing. Kestrel looks at its clocks once a second; all transports wait at the same time.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public Task HalfAHead_IsA408() => OnEach.TransportAsync(async transport =>
    {
        await using WebRig rig = await StartAsync(transport, limits => limits.RequestHeadersTimeout = s_short);
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nUnfinish");

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public Task AnIdleConnection_IsClosedInOrder() => OnEach.TransportAsync(async transport =>
    {
        await using WebRig rig = await StartAsync(transport, limits => limits.KeepAliveTimeout = s_short);
        using RawClient fresh = await rig.ConnectAsync();
        using RawClient used = await rig.ConnectAsync();

        await used.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await used.ReadUntilAsync("answer");

        Assert.DoesNotContain("HTTP", await used.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("", await fresh.ReadToEndAsync());
    });

    private static Task<WebRig> StartAsync(TransportCase transport, Action<KestrelServerLimits> set) => WebRig.StartAsync(
        transport,
        app => app.MapGet("/", () => "answer"),
        options =>
        {
            options.Listen(IPAddress.Loopback, port: 0);
            set(options.Limits);
        });
}
