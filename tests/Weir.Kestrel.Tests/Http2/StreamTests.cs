using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>Many requests on one connection.</summary>
public sealed class StreamTests
{
    private const int ManyStreams = 128;

    [Theory]
    [TransportData]
    public async Task ManyBodies_GoBothWaysAtOnce_OnOneConnection(TransportCase transport)
    {
        var ids = new ConcurrentDictionary<string, bool>();
        await using WebRig rig = await WebRig.StartAsync(transport, MapEcho(ids), options =>
        {
            options.ListenHttp2();
            options.Limits.Http2.MaxStreamsPerConnection = ManyStreams;
        });
        using HttpClient client = rig.Client(HttpVersion.Version20);

        await EchoManyAsync(client);

        Assert.Single(ids);
    }

    [Theory]
    [TransportData]
    public async Task ManyBodies_GoBothWaysAtOnce_OnOneConnection_OverTls(TransportCase transport)
    {
        var ids = new ConcurrentDictionary<string, bool>();
        await using WebRig rig = await WebRig.StartAsync(transport, MapEcho(ids), options =>
        {
            options.ListenHttps();
            options.Limits.Http2.MaxStreamsPerConnection = ManyStreams;
        });
        using HttpClient client = rig.HttpsClient(HttpVersion.Version20);

        await EchoManyAsync(client);

        Assert.Single(ids);
    }

    [Theory]
    [TransportData]
    public async Task InterleavedPieces_ReachTheirOwnRequests(TransportCase transport)
    {
        const int Pieces = 4;
        await using WebRig rig = await WebRig.StartAsync(transport, MapEcho(new()), options =>
        {
            options.ListenHttp2();
            options.Limits.Http2.MaxStreamsPerConnection = ManyStreams;
        });
        using FrameClient client = await FrameClient.ConnectAsync(rig);
        int[] streams = [.. Enumerable.Range(0, ManyStreams).Select(i => (i * 2) + 1)];

        foreach (int stream in streams)
            await client.PostAsync(stream, "/");
        for (int piece = 0; piece < Pieces; piece++)
        {
            foreach (int stream in streams)
                await client.SendDataAsync(stream, Encoding.ASCII.GetBytes($"[{stream}.{piece}]"), isLast: piece == Pieces - 1);
        }

        var bodies = new Dictionary<int, string>();
        for (int ended = 0; ended < ManyStreams;)
        {
            Frame frame = await client.ReadUntilAsync(frame => frame.Type is FrameType.Data or FrameType.Headers);
            if (frame.Type == FrameType.Data)
                bodies[frame.Stream] = bodies.GetValueOrDefault(frame.Stream, "") + Encoding.ASCII.GetString(frame.Payload);
            if (frame.EndsStream)
                ended++;
        }

        Assert.Equal(ManyStreams, bodies.Count);
        Assert.All(bodies, body => Assert.Equal(string.Concat(Enumerable.Range(0, Pieces).Select(piece => $"[{body.Key}.{piece}]")), body.Value));
    }

    [Theory]
    [TransportData]
    public async Task MoreRequestsThanStreams_WaitForTheirTurn(TransportCase transport)
    {
        const int Limit = 5;
        int running = 0;
        int most = 0;
        var ids = new ConcurrentDictionary<string, bool>();
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async (HttpContext context) =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            ids[context.Connection.Id] = true;
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return "done";
        }), options =>
        {
            options.ListenHttp2();
            options.Limits.Http2.MaxStreamsPerConnection = Limit;
        });
        using HttpClient client = rig.Client(HttpVersion.Version20);
        // The client learns the limit with the first answer.
        await client.GetStringAsync("/");

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetStringAsync("/")));

        Assert.All(answers, answer => Assert.Equal("done", answer));
        Assert.InRange(most, 1, Limit);
        Assert.Single(ids);
    }

    [Theory]
    [TransportData]
    public async Task OneStreamTooMany_IsRefused_AndTheOthersGoOn(TransportCase transport)
    {
        const int Limit = 3;
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async () =>
        {
            await goOn.Task;
            return "done";
        }), options =>
        {
            options.ListenHttp2();
            options.Limits.Http2.MaxStreamsPerConnection = Limit;
        });
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        for (int i = 0; i <= Limit; i++)
            await client.GetAsync((i * 2) + 1, "/");
        Frame refused = await client.ReadUntilAsync(frame => frame.Type == FrameType.ResetStream);
        goOn.SetResult();

        Assert.Equal(((Limit * 2) + 1, ErrorCode.RefusedStream), (refused.Stream, refused.Error));
        for (int ended = 0; ended < Limit; ended++)
            await client.ReadUntilAsync(frame => frame.EndsStream);
    }

    [Theory]
    [TransportData]
    public async Task Http2_OverAUnixSocket_IsAnswered(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s");
        var ids = new ConcurrentDictionary<string, bool>();
        await using WebRig rig = await WebRig.StartAsync(
            transport, MapEcho(ids), options => options.ListenUnixSocket(path, listener => listener.Protocols = HttpProtocols.Http2));
        using HttpClient client = rig.Client(HttpVersion.Version20, path);

        await EchoManyAsync(client);

        Assert.Single(ids);
    }

    private static Action<WebApplication> MapEcho(ConcurrentDictionary<string, bool> ids) => app => app.MapPost("/", (HttpContext context) =>
    {
        ids[context.Connection.Id] = true;
        return Bodies.EchoAsync(context);
    });

    // Of different lengths, so that they end in another order than they began.
    private static async Task EchoManyAsync(HttpClient client) => await Task.WhenAll(Enumerable.Range(0, ManyStreams).Select(async i =>
    {
        byte[] body = RandomNumberGenerator.GetBytes((i % 16 * 5000) + i);
        using var content = new CountedContent(body);
        using HttpResponseMessage answer = await client.PostAsync("/", content);
        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
    }));

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen = Volatile.Read(ref most); now > seen;)
            seen = Interlocked.CompareExchange(ref most, now, seen) is var before && before == seen ? now : before;
    }
}
