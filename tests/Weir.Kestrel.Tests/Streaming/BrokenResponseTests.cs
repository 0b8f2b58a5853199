using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Streaming;

/// <summary>A response that began and does not come to its end must not look as if it had.</summary>
public sealed class BrokenResponseTests
{
    [Theory]
    [TransportData]
    public async Task AHandlerThatThrows_AfterItBegan_BreaksTheStream(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, async context =>
        {
            await WriteAsync(context, "the beginning");
            throw new InvalidTimeZoneException("in the middle");
        });
        using HttpClient client = rig.Client();

        await ReadsNoEndAsync(client, "the beginning");
        Assert.Equal("after", await client.GetStringAsync("/after"));
        Assert.Contains(rig.Log, line => line.Exception is InvalidTimeZoneException);
    }

    [Theory]
    [TransportData]
    public async Task AHandlerThatThrows_BeforeItBegan_IsA500_AndTheConnectionGoesOn(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, _ => throw new InvalidTimeZoneException("before all"));
        using RawClient client = await rig.ConnectAsync();

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 500 ", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [TransportData]
    public async Task AHandlerThatWritesLess_ThanItSaid_BreaksTheStream(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, context =>
        {
            context.Response.ContentLength = 100;
            return WriteAsync(context, "not a hundred");
        });
        using HttpClient client = rig.Client();

        await ReadsNoEndAsync(client, "not a hundred");
        Assert.Equal("after", await client.GetStringAsync("/after"));
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_InTheMiddle_BreaksTheStream(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, async context =>
        {
            await WriteAsync(context, "the beginning");
            // When the client has it: a reset overtakes what waits.
            await context.Request.Body.ReadExactlyAsync(new byte[1]);
            context.Abort();
        });
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.ReadUntilAsync("the beginning");
        await client.SendAsync("1\r\nx\r\n");

        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    // What came before is there to be read; then there is an error and no end.
    private static async Task ReadsNoEndAsync(HttpClient client, string before)
    {
        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        byte[] received = new byte[before.Length];
        await body.ReadExactlyAsync(received).AsTask().InTime();
        Assert.Equal(before, System.Text.Encoding.ASCII.GetString(received));
        HttpIOException broken = await Assert.ThrowsAsync<HttpIOException>(() => body.ReadAsync(received).AsTask().InTime());
        Assert.Equal(HttpRequestError.ResponseEnded, broken.HttpRequestError);
    }

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    private static Task<WebRig> StartAsync(TransportCase transport, RequestDelegate serve) => WebRig.StartAsync(transport, app =>
    {
        app.MapGet("/", serve);
        app.MapGet("/after", () => "after");
    });
}
