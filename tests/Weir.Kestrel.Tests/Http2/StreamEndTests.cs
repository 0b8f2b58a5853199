using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>A stream that ends early, and the connection that goes on.</summary>
public sealed class StreamEndTests
{
    [Theory]
    [TransportData]
    public async Task AResetOfAStream_AbortsItsRequest_AndNoOther(TransportCase transport)
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool otherWasAborted = true;
        await using WebRig rig = await WebRig.StartAsync(transport, app =>
        {
            app.MapGet("/reset", async (HttpContext context) =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                await context.Response.Body.FlushAsync();
                await aborted.Task;
            });
            app.MapGet("/other", async (HttpContext context) =>
            {
                await goOn.Task;
                otherWasAborted = context.RequestAborted.IsCancellationRequested;
                return "done";
            });
        }, options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.GetAsync(stream: 1, "/reset");
        await client.GetAsync(stream: 3, "/other");
        await client.ReadUntilAsync(frame => frame is { Stream: 1, IsOk: true });
        await client.ResetAsync(stream: 1, ErrorCode.Cancel);
        await aborted.Task.InTime();
        goOn.SetResult();

        Assert.Equal("done", await client.ReadBodyAsync(stream: 3));
        Assert.False(otherWasAborted);
    }

    [Theory]
    [TransportData]
    public async Task AClientThatGivesUp_AbortsItsRequest_OverTls(TransportCase transport)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app =>
        {
            app.MapGet("/", async (HttpContext context) =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                begun.SetResult();
                await aborted.Task;
            });
            app.MapGet("/id", (HttpContext context) => context.Connection.Id);
        }, options => options.ListenHttps());
        using HttpClient client = rig.HttpsClient(HttpVersion.Version20);
        using var patience = new CancellationTokenSource();

        string id = await client.GetStringAsync("/id");
        Task<string> getting = client.GetStringAsync("/", patience.Token);
        await begun.Task.InTime();
        await patience.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => getting);
        await aborted.Task.InTime();
        Assert.Equal(id, await client.GetStringAsync("/id"));
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_OfTheApplication_ResetsItsStreamOnly(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app =>
        {
            app.MapGet("/abort", (HttpContext context) => context.Abort());
            app.MapGet("/reset", (HttpContext context) => context.Features.GetRequiredFeature<IHttpResetFeature>().Reset((int)ErrorCode.Cancel));
            app.MapGet("/halfway", async (HttpContext context) =>
            {
                await context.Response.Body.WriteAsync(new byte[1000]);
                context.Abort();
            });
            app.MapGet("/fine", () => "fine");
        }, options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.GetAsync(stream: 1, "/abort");
        Assert.Equal(ErrorCode.InternalError, (await ReadResetAsync(client, stream: 1)).Error);
        await client.GetAsync(stream: 3, "/reset");
        Assert.Equal(ErrorCode.Cancel, (await ReadResetAsync(client, stream: 3)).Error);
        await client.GetAsync(stream: 5, "/halfway");
        Assert.Equal(ErrorCode.InternalError, (await ReadResetAsync(client, stream: 5)).Error);
        await client.GetAsync(stream: 7, "/fine");
        Assert.Equal("fine", await client.ReadBodyAsync(stream: 7));
    }

    [Theory]
    [TransportData]
    public async Task AnAnswerBeforeTheBodysEnd_StopsTheUpload(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", () => "enough"), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.PostAsync(stream: 1, "/");
        await client.SendDataAsync(stream: 1, new byte[1000]);

        Assert.Equal("enough", await client.ReadBodyAsync(stream: 1));
        Assert.Equal(ErrorCode.NoError, (await ReadResetAsync(client, stream: 1)).Error);
        // What was on its way does not count against the connection.
        await client.SendDataAsync(stream: 1, new byte[1000], isLast: true);
        await client.GetAsync(stream: 3, "/");
        await client.ReadUntilAsync(frame => frame is { Stream: 3, EndsStream: true });
    }

    [Theory]
    [TransportData]
    public async Task TheLossOfAConnection_AbortsEveryRequestOnIt(TransportCase transport)
    {
        const int Streams = 100;
        foreach (Action<FrameClient> lose in new Action<FrameClient>[] { client => client.Raw.Reset(), client => client.Raw.Socket.Shutdown(SocketShutdown.Both) })
        {
            var begun = new Countdown(Streams);
            var aborted = new Countdown(Streams);
            var failed = new Countdown(Streams);
            await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async context =>
            {
                context.RequestAborted.Register(aborted.Signal);
                begun.Signal();
                await Assert.ThrowsAnyAsync<IOException>(async () => await context.Request.Body.ReadExactlyAsync(new byte[1]));
                failed.Signal();
            }), options => options.ListenHttp2());
            using FrameClient client = await FrameClient.ConnectAsync(rig);

            for (int i = 0; i < Streams; i++)
                await client.PostAsync((i * 2) + 1, "/");
            await begun.Done.InTime();
            lose(client);

            await aborted.Done.InTime();
            await failed.Done.InTime();
        }
    }

    private static Task<Frame> ReadResetAsync(FrameClient client, int stream) =>
        client.ReadUntilAsync(frame => frame.Type == FrameType.ResetStream && frame.Stream == stream);
}
