using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

public sealed class HeaderTests
{
    [Theory]
    [TransportData]
    public async Task Trailers_OfARequest_AreThereAfterItsBody(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            return $"{await reader.ReadToEndAsync()} {request.GetTrailer("sum")}";
        }), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.PostAsync(stream: 1, "/");
        await client.SendDataAsync(stream: 1, "body"u8.ToArray());
        await client.SendAsync(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, stream: 1, FrameClient.Headers(("sum", "42")));

        Assert.Equal("body 42", await client.ReadBodyAsync(stream: 1));
    }

    [Theory]
    [TransportData]
    public async Task Trailers_OfAnAnswer_FollowItsBody(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async (HttpResponse response) =>
        {
            await response.WriteAsync("body");
            response.AppendTrailer("sum", "42");
        }), options => options.ListenHttps());
        using HttpClient client = rig.HttpsClient(HttpVersion.Version20);

        using HttpResponseMessage answer = await client.GetAsync("/");

        Assert.Equal("body", await answer.Content.ReadAsStringAsync());
        Assert.Equal("42", Assert.Single(answer.TrailingHeaders.GetValues("sum")));
    }

    [Theory]
    [TransportData]
    public async Task HeadersBelowTheLimit_ComeThrough_InBothDirections(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpRequest request, HttpResponse response) =>
            {
                response.Headers["long"] = request.Headers["long"];
                return "fine";
            }),
            options => options.ListenHttp2());
        using HttpClient client = rig.Client(HttpVersion.Version20);
        string value = new('x', 15_000);
        client.DefaultRequestHeaders.Add("long", value);

        using HttpResponseMessage answer = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(value, Assert.Single(answer.Headers.GetValues("long")));
    }

    [Theory]
    [TransportData]
    public async Task HeadersBeyondTheLimit_AreRefused_AndFarBeyondIt_EndTheConnection(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options =>
        {
            options.ListenHttp2();
            options.Limits.MaxRequestHeadersTotalSize = 4096;
        });
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        await client.GetAsync(stream: 1, "/", ("one", new string('x', 3000)), ("two", new string('y', 3000)));
        Frame refusal = await client.ReadUntilAsync(frame => frame is { Stream: 1, Type: FrameType.Headers });
        Assert.Contains("431", System.Text.Encoding.Latin1.GetString(refusal.Payload), StringComparison.Ordinal);
        await client.GetAsync(stream: 3, "/", [.. "abcd".Select(name => (name.ToString(), new string('x', 3000)))]);

        Assert.Equal(ErrorCode.ProtocolError, (await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway)).Error);
        Assert.Null(await client.TryReadAsync());
    }
}
