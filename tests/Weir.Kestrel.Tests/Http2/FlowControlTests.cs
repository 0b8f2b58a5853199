using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>The windows of streams and of connections, in both directions (RFC 9113, section 5.2).</summary>
public sealed class FlowControlTests
{
    private const int LongBytes = 24 * 1024 * 1024;
    private const int Plenty = 1 << 30;

    [Theory]
    [TransportData]
    public async Task AStreamWithoutAWindow_StallsAlone(TransportCase transport)
    {
        const int Bytes = FrameClient.DefaultWindowBytes * 3;
        await using WebRig rig = await WebRig.StartAsync(transport, MapDownloads(new byte[Bytes]), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);
        await client.GrantAsync(stream: 0, Plenty);

        await client.GetAsync(stream: 1, "/long");
        await ReadDataAsync(client, stream: 1, FrameClient.DefaultWindowBytes);
        for (int stream = 3; stream < 43; stream += 2)
        {
            await client.GetAsync(stream, "/short");
            await client.ReadUntilAsync(frame => frame.Stream == stream && frame.EndsStream, frame => Assert.NotEqual(1, frame.Stream));
        }

        await client.GrantAsync(stream: 1, Plenty);
        await ReadDataAsync(client, stream: 1, Bytes - FrameClient.DefaultWindowBytes);
        await client.ReadUntilAsync(frame => frame is { Stream: 1, EndsStream: true });
    }

    [Theory]
    [TransportData]
    public async Task AConnectionWithoutAWindow_StallsAllStreams_AndEachGoesOn(TransportCase transport)
    {
        const int Streams = 20;
        const int Bytes = 10_000;
        await using WebRig rig = await WebRig.StartAsync(transport, MapDownloads(new byte[Bytes]), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        for (int i = 0; i < Streams; i++)
            await client.GetAsync((i * 2) + 1, "/long");
        int received = 0;
        while (received < FrameClient.DefaultWindowBytes)
            received += (await client.ReadUntilAsync(frame => frame.Type == FrameType.Data)).Payload.Length;
        Assert.Equal(FrameClient.DefaultWindowBytes, received);
        await client.SendAsync(FrameType.Ping, FrameFlags.None, stream: 0, new byte[8]);
        await client.ReadUntilAsync(frame => frame is { Type: FrameType.Ping, IsAck: true }, AssertIsNoData);

        await client.GrantAsync(stream: 0, Plenty);
        while (received < Streams * Bytes)
            received += (await client.ReadUntilAsync(frame => frame.Type == FrameType.Data)).Payload.Length;
        Assert.Equal(Streams * Bytes, received);
    }

    [Theory]
    [TransportData]
    public async Task ASmallWindow_CarriesALongDownload(TransportCase transport)
    {
        const int WindowBytes = 1000;
        byte[] body = RandomNumberGenerator.GetBytes(1024 * 1024);
        await using WebRig rig = await WebRig.StartAsync(transport, MapDownloads(body), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig, (Setting.InitialWindowSize, WindowBytes));
        await client.GrantAsync(stream: 0, Plenty);

        await client.GetAsync(stream: 1, "/long");
        using var received = new MemoryStream();
        while (received.Length < body.Length)
        {
            Frame data = await client.ReadUntilAsync(frame => frame.Type == FrameType.Data);
            Assert.InRange(data.Payload.Length, 1, WindowBytes);
            received.Write(data.Payload);
            await client.GrantAsync(stream: 1, data.Payload.Length);
        }

        Assert.Equal(body, received.ToArray());
    }

    [Theory]
    [TransportData]
    public async Task ALongUpload_ThatNobodyReads_HoldsItsStreamOnly(TransportCase transport)
    {
        TaskCompletionSource reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app =>
        {
            app.MapPost("/hash", async context =>
            {
                await reads.Task;
                await Bodies.HashAsync(context);
            });
            app.MapGet("/id", (HttpContext context) => context.Connection.Id);
        }, Unlimited);
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        using var content = new CountedContent(body);
        using HttpClient client = rig.Client(System.Net.HttpVersion.Version20);

        string id = await client.GetStringAsync("/id");
        Task<HttpResponseMessage> posting = client.PostAsync("/hash", content);
        await Steady.ReachedAsync(() => content.SentBytes);
        Assert.InRange(content.SentBytes, 1, LongBytes / 2);
        Assert.Equal(id, await client.GetStringAsync("/id"));
        reads.SetResult();

        using HttpResponseMessage answer = await posting;
        Assert.Equal(Bodies.HashOf(body), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [TransportData]
    public async Task ALongUpload_ToASlowReader_ArrivesWhole_OverTls(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/hash", Bodies.HashAsync), options =>
        {
            options.ListenHttps();
            options.Limits.MaxRequestBodySize = null;
        });
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        using HttpClient client = rig.HttpsClient(System.Net.HttpVersion.Version20);

        using HttpResponseMessage answer = await client.PostAsync("/hash", new ByteArrayContent(body));
        Assert.Equal(Bodies.HashOf(body), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [TransportData]
    public async Task ALongDownload_ThatNobodyReads_HoldsTheWriter(TransportCase transport)
    {
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        int written = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            foreach (byte[] piece in body.Chunk(16 * 1024))
            {
                await context.Response.BodyWriter.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        }), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig, (Setting.InitialWindowSize, Plenty));
        await client.GrantAsync(stream: 0, Plenty);

        await client.GetAsync(stream: 1, "/");
        await Steady.ReachedAsync(() => Volatile.Read(ref written));
        // The windows are open: what holds the writer is that the kernel's buffers are full.
        Assert.InRange(Volatile.Read(ref written), 1, LongBytes / 2);

        using var received = new MemoryStream();
        while (received.Length < LongBytes)
            received.Write((await client.ReadUntilAsync(frame => frame.Type == FrameType.Data)).Payload);
        Assert.Equal(body, received.ToArray());
    }

    private static Action<WebApplication> MapDownloads(byte[] body) => app =>
    {
        app.MapGet("/long", (HttpContext context) => context.Response.Body.WriteAsync(body).AsTask());
        app.MapGet("/short", () => "short");
    };

    private static void Unlimited(KestrelServerOptions options)
    {
        options.ListenHttp2();
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
    }

    // The end of a body takes no room.
    private static void AssertIsNoData(Frame frame) => Assert.True(frame.Type != FrameType.Data || frame.Payload is []);

    private static async Task ReadDataAsync(FrameClient client, int stream, int bytes)
    {
        int received = 0;
        while (received < bytes)
            received += (await client.ReadUntilAsync(frame => frame.Type == FrameType.Data && frame.Stream == stream)).Payload.Length;
        Assert.Equal(bytes, received);
    }
}
