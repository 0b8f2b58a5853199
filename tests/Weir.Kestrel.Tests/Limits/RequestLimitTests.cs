using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Limits;

/// <summary>Requests that are too large are answered, and the connection ends behind the answer.</summary>
public sealed class RequestLimitTests
{
    [Theory]
    [TransportData]
    public async Task ABodyThatIsTooLong_IsA413(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, limits => limits.MaxRequestBodySize = 1000);

        Assert.StartsWith("HTTP/1.1 413 ", await AskAsync(rig, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 413 ",
            await AskAsync(rig, $"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{new string('x', 1001)}\r\n"),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 200 ",
            await AskAsync(rig, $"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{new string('x', 1000)}"),
            StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task ARequestLineThatIsTooLong_IsA414(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, limits => limits.MaxRequestLineSize = 100);

        Assert.StartsWith("HTTP/1.1 414 ", await AskAsync(rig, $"GET /{new string('x', 100)}"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task HeadersThatAreTooLong_AreA431(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, limits => limits.MaxRequestHeadersTotalSize = 100);

        Assert.StartsWith(
            "HTTP/1.1 431 ", await AskAsync(rig, $"GET / HTTP/1.1\r\nHost: x\r\nLong: {new string('x', 100)}"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task AHeadInManyPieces_IsOneHead(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, _ => { });
        using RawClient client = await rig.ConnectAsync();
        string value = RandomNumberGenerator.GetHexString(20_000);

        foreach (char[] piece in $"GET /value HTTP/1.1\r\nHost: x\r\nLong: {value}\r\n\r\n".Chunk(1_001))
            await client.SendAsync(new string(piece));

        await client.ReadUntilAsync($"[{HashOf(value)}]");
    }

    [Theory]
    [TransportData]
    public async Task WithoutLimits_LongBodiesMoveBothWays(TransportCase transport)
    {
        const int Bytes = 8 * 1024 * 1024;
        await using WebRig rig = await StartAsync(transport, limits =>
        {
            limits.MaxRequestBodySize = null;
            limits.MaxRequestBufferSize = null;
            limits.MaxResponseBufferSize = null;
            limits.MinRequestBodyDataRate = null;
            limits.MinResponseDataRate = null;
            limits.MaxConcurrentConnections = null;
        });
        using HttpClient client = rig.Client();
        byte[] body = RandomNumberGenerator.GetBytes(Bytes);

        HttpResponseMessage answer = await client.PostAsync("/", new ByteArrayContent(body));

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()));
    }

    private static string HashOf(string text) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)));

    private static async Task<string> AskAsync(WebRig rig, string request)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }

    private static Task<WebRig> StartAsync(TransportCase transport, Action<KestrelServerLimits> set) => WebRig.StartAsync(
        transport,
        app =>
        {
            app.MapGet("/value", (HttpContext context) => $"[{HashOf(context.Request.Headers["Long"].ToString())}]");
            app.MapPost("/", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.Body.WriteAsync(body.ToArray());
            });
        },
        options =>
        {
            options.Listen(IPAddress.Loopback, port: 0);
            set(options.Limits);
        });
}
