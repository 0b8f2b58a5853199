using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Limits;

/// <summary>
/// Clients that are too slow. Kestrel looks at its clocks once a second, so each of these takes seconds; all transports wait at the same time.
/// </summary>
public sealed class DataRateTests
{
    // Kestrel takes no grace period of a second or less.
    private static readonly MinDataRate s_fast = new(bytesPerSecond: 1e9, gracePeriod: TimeSpan.FromSeconds(1.001));

    [Fact]
    public Task ASlowBody_IsA408() => OnEach.TransportAsync(async transport =>
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapPost("/", context => context.Request.Body.ReadExactlyAsync(new byte[100]).AsTask()),
            options => Set(options).MinRequestBodyDataRate = s_fast);
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow");

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Contains(rig.Log, line => line.Event == "RequestBodyMinimumDataRateNotSatisfied");
    });

    [Fact]
    public Task ASlowReader_IsReset() => OnEach.TransportAsync(async transport =>
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", async context =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                // More than all buffers on the way hold.
                await context.Response.Body.WriteAsync(new byte[24 * 1024 * 1024]);
            }),
            options => Set(options).MinResponseDataRate = s_fast);
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await aborted.Task.InTime();

        SocketException reset = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.Contains(rig.Log, line => line.Event == "ResponseMinimumDataRateNotSatisfied");
    });

    private static KestrelServerLimits Set(KestrelServerOptions options)
    {
        options.Listen(IPAddress.Loopback, port: 0);
        return options.Limits;
    }
}
