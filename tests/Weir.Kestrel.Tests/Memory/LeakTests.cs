using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Memory;

/// <summary>What is borrowed comes back, whatever becomes of a connection.</summary>
public sealed class LeakTests
{
    private const int Times = 20;
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string ChunkedPost = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [TransportData]
    public async Task EveryBlock_IsReturned_AfterRequestsResetsAbortsAndAStop(TransportCase transport)
    {
        var pools = new CountingPools();
        WebRig rig = await WebRig.StartAsync(
            transport, Map, build: builder => builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(pools));
        for (int i = 0; i < Times; i++)
        {
            await AskAsync(rig);
            await PostAsync(rig);
            await ResetAsync(rig, ChunkedPost + "5\r\nfirst\r\n");
            await ResetAsync(rig, Get);
            await BeAbortedAsync(rig);
        }

        using RawClient inTheMiddle = await rig.ConnectAsync();
        await inTheMiddle.SendAsync(ChunkedPost + "5\r\nfirst\r\n");
        if (transport.IsOurs)
            await Eventually.True(() => Buffered(rig) == 0);
        await rig.Application.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Generous);
        await rig.Application.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        await Eventually.True(() => pools.Outstanding == 0);
        Assert.InRange(pools.Rented, Times, long.MaxValue);
        Assert.Equal(pools.Created, pools.Disposed);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task ALoop_HasItsBuffersBack_WhenNobodyHoldsBytes(TransportCase transport)
    {
        TaskCompletionSource<ConnectionContext> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(5);
            held.SetResult(connection);
            await goOn.Task;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await connection.Transport.Input.ReadAsync();
        });
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("first");
        await held.Task.WaitAsync(Deadline.Generous);
        Assert.InRange(Buffered(rig.Web), 1, long.MaxValue);
        goOn.SetResult();

        // The connection is still there, and idle.
        await Eventually.True(() => Buffered(rig.Web) == 0);
        client.FinishSending();
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task ALoop_HasItsBuffersBack_FromConnectionsThatFell(TransportCase transport)
    {
        byte[] piece = new byte[256 * 1024];
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            // Unread bytes, written ones that were not flushed, and flushed ones that the kernel has no room for.
            ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(5);
            connection.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            FlushResult flushed;
            do
            {
                connection.Transport.Output.Write(piece);
                flushed = await connection.Transport.Output.FlushAsync();
            }
            while (!flushed.IsCompleted);
            connection.Transport.Output.Write(piece.AsSpan(0, 100));
        });
        for (int i = 0; i < Times; i++)
        {
            RawClient client = await rig.ConnectAsync();
            await client.SendAsync("first");
            await client.Socket.ReceiveAsync(new byte[1000]).WaitAsync(Deadline.Generous);
            client.Reset();
        }

        await Eventually.True(() => Buffered(rig.Web) == 0);
        await Eventually.True(() => Loops(rig.Web).Sum(loop => loop.Connections) == 0);
        Assert.InRange(Loops(rig.Web).Sum(loop => loop.SentBytes), Times, long.MaxValue);
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/", () => "fine");
        app.MapGet("/abort", async context =>
        {
            await context.Response.WriteAsync(new string('x', 10_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        app.MapPost("/body", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"[{(await reader.ReadToEndAsync()).Length}]");
        });
    }

    private static async Task AskAsync(WebRig rig)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("fine");
    }

    private static async Task PostAsync(WebRig rig)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync($"{ChunkedPost}2710\r\n{new string('x', 10_000)}\r\n0\r\n\r\n");
        await client.ReadUntilAsync("[10000]");
    }

    private static async Task ResetAsync(WebRig rig, string request)
    {
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request);
        client.Reset();
    }

    private static async Task BeAbortedAsync(WebRig rig)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET /abort HTTP/1.1\r\nHost: x\r\n\r\n");
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    private static IReadOnlyList<LoopStatistics> Loops(WebRig rig) => rig.Application.Services.GetRequiredService<TransportLoops>().Group.Statistics;

    private static long Buffered(WebRig rig) => Loops(rig).Sum(loop => loop.BufferedBytes);
}
