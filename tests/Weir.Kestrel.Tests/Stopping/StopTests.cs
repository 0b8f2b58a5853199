using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Stopping;

/// <summary>A host stops while it has connections.</summary>
public sealed class StopTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [TransportData]
    public async Task Stop_EndsIdleConnections_InOrder(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "idle"));
        using RawClient served = await rig.ConnectAsync();
        using RawClient unused = await rig.ConnectAsync();
        await served.SendAsync(Get);
        await served.ReadUntilAsync("idle\r\n0\r\n\r\n");

        Task stopped = rig.Application.StopAsync();

        Assert.Equal("", await served.ReadToEndAsync());
        served.Dispose();
        Assert.Equal("", await unused.ReadToEndAsync());
        unused.Dispose();
        await stopped.WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task Stop_WaitsForARequest_WhoseAnswerEndsTheConnection(TransportCase transport)
    {
        TaskCompletionSource working = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().ConnectionClosedRequested.Register(asked.SetResult);
            working.SetResult();
            await goOn.Task;
            await context.Response.WriteAsync("finished");
        }));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await working.Task.WaitAsync(Deadline.Generous);

        Task stopped = rig.Application.StopAsync();
        await asked.Task.WaitAsync(Deadline.Generous);
        Assert.False(stopped.IsCompleted);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(rig.ConnectAsync);
        goOn.SetResult();

        string answer = await client.ReadToEndAsync();
        client.Dispose();
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("finished\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        await stopped.WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task Stop_AbortsARequestThatNeverEnds_WhenItsTimeIsOver(TransportCase transport)
    {
        TaskCompletionSource working = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            working.SetResult();
            await aborted.Task;
        }));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await working.Task.WaitAsync(Deadline.Generous);

        await rig.Application.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Generous);

        await aborted.Task.WaitAsync(Deadline.Generous);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
        Assert.Contains(rig.Log, line => line.Event == "NotAllConnectionsClosedGracefully");
    }

    [Theory]
    [TransportData]
    public async Task Stop_AbortsAnAnswerThatNobodyReads_WhenItsTimeIsOver(TransportCase transport)
    {
        byte[] piece = new byte[64 * 1024];
        int written = 0;
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.BodyWriter.WriteAsync(piece);
                Interlocked.Increment(ref written);
            }

            ended.SetResult();
        }));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await Steady.ReachedAsync(() => Volatile.Read(ref written));

        await rig.Application.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Generous);

        await ended.Task.WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task AHandlerThatOutlivesItsHost_FindsTheConnectionOver(TransportCase transport)
    {
        TaskCompletionSource working = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            working.SetResult();
            await goOn.Task;
            ended.SetResult(await Record.ExceptionAsync(async () =>
            {
                await context.Response.Body.WriteAsync(new byte[100_000]);
                await context.Response.Body.FlushAsync();
            }));
        }));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await working.Task.WaitAsync(Deadline.Generous);

        await rig.Application.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Generous);
        await rig.Application.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
        goOn.SetResult();

        Assert.Null(await ended.Task.WaitAsync(Deadline.Generous));
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    [Theory]
    [TransportData]
    public async Task DisposeWithoutStop_EndsWhatIsOpen(TransportCase transport)
    {
        WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "idle"));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("idle\r\n0\r\n\r\n");

        await rig.Application.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        Exception? end = await Record.ExceptionAsync(client.ReadToEndAsync);
        Assert.True(end is null or System.Net.Sockets.SocketException, $"{end}");
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(rig.ConnectAsync);
    }
}
