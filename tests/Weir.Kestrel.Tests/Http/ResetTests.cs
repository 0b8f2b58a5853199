using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http;

/// <summary>One side lets the connection fall; the other learns of it, and nobody else does.</summary>
public sealed class ResetTests
{
    [Theory]
    [TransportData]
    public async Task AReset_WhileTheApplicationWorks_AbortsTheRequest(TransportCase transport)
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

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await working.Task.WaitAsync(Deadline.Generous);
        client.Reset();

        await aborted.Task.WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task AReset_InTheMiddleOfABody_IsAnErrorOfTheRead(TransportCase transport)
    {
        TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async context =>
        {
            try
            {
                byte[] buffer = new byte[100];
                await context.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, 5));
                reading.SetResult();
                await context.Request.Body.ReadExactlyAsync(buffer);
            }
            catch (Exception exception)
            {
                failed.SetResult(exception);
            }
        }));
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 105\r\n\r\nfirst");
        await reading.Task.WaitAsync(Deadline.Generous);
        client.Reset();

        Assert.IsType<Microsoft.AspNetCore.Connections.ConnectionResetException>(await failed.Task.WaitAsync(Deadline.Generous));
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_OfTheApplication_IsAResetForTheClient(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", (HttpContext context) => context.Abort()));
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        SocketException reset = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Theory]
    [TransportData]
    public async Task ResetsBeforeAnyByte_HarmNobody(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"));
        for (int i = 0; i < 50; i++)
            (await rig.ConnectAsync()).Reset();

        using HttpClient client = rig.Client();
        Assert.Equal("fine", await client.GetStringAsync("/"));
        Assert.DoesNotContain(rig.Log, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }
}
