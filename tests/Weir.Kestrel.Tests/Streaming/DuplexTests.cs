using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Streaming;

/// <summary>A request's body and its response's at the same time.</summary>
public sealed class DuplexTests
{
    [Theory]
    [TransportData]
    public async Task PiecesOfABody_AreAnsweredBeforeItIsOver(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http1);
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 30; i++)
        {
            string piece = $"[{new string('x', 300 * i)}{i}]";
            string length = piece.Length.ToString("x", CultureInfo.InvariantCulture);
            await client.SendAsync($"{length}\r\n{piece}\r\n");
            await client.ReadUntilAsync($"x{i}]\r\n"[(i == 0 ? 1 : 0)..]);
        }

        await client.SendAsync("0\r\n\r\n");
        Assert.EndsWith("0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task LongBodies_MoveBothWaysAtOnce(TransportCase transport)
    {
        const int Bytes = 8 * 1024 * 1024;
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http1);
        using RawClient client = await rig.ConnectAsync();
        string body = Convert.ToHexString(RandomNumberGenerator.GetBytes(Bytes / 2));

        // With a length, so that the raw response is the head and the body.
        await client.SendAsync($"POST /same-length HTTP/1.1\r\nHost: x\r\nContent-Length: {Bytes}\r\nConnection: close\r\n\r\n");
        Task sending = client.SendAsync(body);
        string answer = await client.ReadToEndAsync();
        await sending;

        Assert.Equal(body, answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    [Theory]
    [TransportData]
    public async Task OverHttp2_EachWriteIsAnswered_BeforeTheNext(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http2);
        using HttpClient client = rig.Client(HttpVersion.Version20);
        using var content = new WrittenContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Task<HttpResponseMessage> answering = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Stream upload = await content.Opened.InTime();
        Stream? download = null;

        foreach (int bytes in new[] { 1, 10_000, 100_000, 1_000_000, 3 })
        {
            byte[] piece = RandomNumberGenerator.GetBytes(bytes);
            Task writing = WriteAsync(upload, piece);
            download ??= await (await answering.InTime()).Content.ReadAsStreamAsync();
            byte[] echo = new byte[bytes];
            await download.ReadExactlyAsync(echo).AsTask().InTime();
            Assert.Equal(piece, echo);
            await writing.InTime();
        }

        content.Finish();
        Assert.Equal(0, await download!.ReadAsync(new byte[1]).AsTask().InTime());
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    private static Task<WebRig> StartAsync(TransportCase transport, HttpProtocols protocols) => WebRig.StartAsync(
        transport,
        app =>
        {
            app.MapPost("/", EchoAsync);
            app.MapPost("/same-length", context =>
            {
                context.Response.ContentLength = context.Request.ContentLength;
                return EchoAsync(context);
            });
        },
        options => options.Listen(IPAddress.Loopback, port: 0, listen => listen.Protocols = protocols));

    private static async Task EchoAsync(HttpContext context)
    {
        byte[] buffer = new byte[32 * 1024];
        while (await context.Request.Body.ReadAsync(buffer) is > 0 and int count)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>A body that the test writes while the request is under way.</summary>
    private sealed class WrittenContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Opened => _opened.Task;

        public void Finish() => _finished.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _opened.SetResult(stream);
            return _finished.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
