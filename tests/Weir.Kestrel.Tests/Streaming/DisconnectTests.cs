using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Streaming;

/// <summary>The client goes away, or the application lets it go, while a request is somewhere in its life: the request learns of it.</summary>
public sealed class DisconnectTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [TransportData]
    public async Task AClose_WhileTheHandlerWaits_AbortsTheRequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await SendAndLeaveAsync(rig, Get, client => client.Dispose());

        await _aborted.Task.InTime();
        Assert.IsAssignableFrom<OperationCanceledException>(await _ended.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AClose_WhileTheBodyIsAwaited_IsABadRequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context => context.Request.Body.ReadExactlyAsync(new byte[100]).AsTask());
        await SendAndLeaveAsync(rig, Post, client => client.Dispose());

        Assert.IsAssignableFrom<BadHttpRequestException>(await _ended.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AReset_WhileTheBodyIsAwaited_AbortsTheRequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context => context.Request.Body.ReadExactlyAsync(new byte[100]).AsTask());
        await SendAndLeaveAsync(rig, Post, client => client.Reset());

        await _aborted.Task.InTime();
        Assert.IsAssignableFrom<IOException>(await _ended.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AReset_WhileTheHandlerWrites_AbortsTheRequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, WriteForEverAsync);
        await SendAndLeaveAsync(rig, Get, client => client.Reset(), reads: true);

        await _aborted.Task.InTime();
        Assert.True(await _ended.Task.InTime() is null or OperationCanceledException);
    }

    [Theory]
    [TransportData]
    public async Task AReset_WhileAFlushWaits_EndsIt_AndAbortsTheRequest(TransportCase transport)
    {
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await StartAsync(transport, context => FillAsync(context, waiting.SetResult));
        await SendAndLeaveAsync(rig, Get, client => client.Reset(), until: waiting.Task);

        await _aborted.Task.InTime();
        Assert.True(await _ended.Task.InTime() is null or OperationCanceledException);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_WhileAFlushWaits_EndsIt(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context => FillAsync(context, context.Abort));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);

        await _aborted.Task.InTime();
        Assert.True(await _ended.Task.InTime() is null or OperationCanceledException);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_WhileTheBodyIsAwaited_EndsTheRead(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context =>
        {
            Task reading = context.Request.Body.ReadExactlyAsync(new byte[100]).AsTask();
            context.Abort();
            return reading;
        });
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Post);

        await _aborted.Task.InTime();
        Assert.IsAssignableFrom<OperationCanceledException>(await _ended.Task.InTime());
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    [Theory]
    [TransportData]
    public async Task ACancelledRequest_OverHttp2_AbortsItAlone(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context => Task.Delay(Timeout.Infinite, context.RequestAborted), isHttp2: true);
        using HttpClient client = rig.Client(HttpVersion.Version20);
        using var cancellation = new CancellationTokenSource();

        Task<string> abandoned = client.GetStringAsync("/", cancellation.Token);
        await _begun.Task.InTime();
        string before = await client.GetStringAsync("/connection");
        await cancellation.CancelAsync();

        await _aborted.Task.InTime();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(before, await client.GetStringAsync("/connection"));
    }

    private async Task SendAndLeaveAsync(WebRig rig, string request, Action<RawClient> leave, bool reads = false, Task? until = null)
    {
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request);
        await _begun.Task.InTime();
        if (reads)
            await client.ReadUntilAsync("xxx");
        if (until is not null)
            await until.InTime();
        leave(client);
    }

    private static async Task WriteForEverAsync(HttpContext context)
    {
        byte[] piece = new byte[1000];
        Array.Fill(piece, (byte)'x');
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
    }

    // More than all buffers on the way hold, to a client that does not read.
    private static async Task FillAsync(HttpContext context, Action whenItWaits)
    {
        Task write = context.Response.Body.WriteAsync(new byte[24 * 1024 * 1024]).AsTask();
        Assert.False(write.IsCompleted);
        whenItWaits();
        await write;
    }

    private Task<WebRig> StartAsync(TransportCase transport, Func<HttpContext, Task> serve, bool isHttp2 = false) => WebRig.StartAsync(
        transport,
        app =>
        {
            app.MapGet("/connection", (HttpContext context) => context.Connection.Id);
            app.Map("/", async context =>
            {
                context.RequestAborted.Register(_aborted.SetResult);
                _begun.SetResult();
                _ended.SetResult(await Record.ExceptionAsync(() => serve(context)));
                // A request that is over is not aborted any more.
                await _aborted.Task;
            });
        },
        options =>
        {
            options.Listen(
                IPAddress.Loopback,
                port: 0,
                listen => listen.Protocols = isHttp2
                    ? Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2
                    : Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
            // What ends a request here is never a clock.
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
        });
}
