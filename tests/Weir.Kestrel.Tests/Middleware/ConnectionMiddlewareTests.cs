using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Middleware;

/// <summary>What stands between the transport and HTTP sees the bytes, may change them, and may put its own transport in place.</summary>
public sealed class ConnectionMiddlewareTests
{
    private const byte Key = 0x5a;

    [Theory]
    [TransportData]
    public async Task AWrappedTransport_CarriesRequests_AndIsTakenAwayAgain(TransportCase transport)
    {
        TaskCompletionSource<(long Read, long Written)> counted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await StartAsync(transport, listen => listen.Use(next => connection =>
            XorTransport.RunAsync(connection, Key, next, own => counted.SetResult((own.ReadBytes, own.WrittenBytes)))));
        using RawClient client = await rig.ConnectAsync();
        const string Request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        const string Last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

        await client.SendAsync(XorStream.Apply(Request, Key));
        string answers = await client.ReadUntilAsync(XorStream.Apply("[served]", Key));
        await client.SendAsync(XorStream.Apply(Last, Key));
        answers += await client.ReadToEndAsync();

        Assert.Equal(2, XorStream.Apply(answers, Key).Split("[served]").Length - 1);
        Assert.Equal((Request.Length + Last.Length, answers.Length), await counted.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AWrappedTransport_HoldsLongBodies(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, listen =>
        {
            // Twice the same, one around the other: what arrives is what was sent.
            listen.Use(next => connection => XorTransport.RunAsync(connection, Key, next));
            listen.Use(next => connection => XorTransport.RunAsync(connection, Key, next));
        });
        using HttpClient client = rig.Client();
        byte[] body = RandomNumberGenerator.GetBytes(6 * 1024 * 1024);

        HttpResponseMessage answer = await client.PostAsync("/", new ByteArrayContent(body));

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Theory]
    [TransportData]
    public async Task AMiddleware_MayReadTheFirstBytes_AndLeaveTheRest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, listen => listen.Use(next => async connection =>
        {
            System.IO.Pipelines.ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(8);
            connection.Transport.Input.AdvanceTo(read.Buffer.GetPosition(8));
            await next(connection);
        }));
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("preamble");
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await client.ReadUntilAsync("[served]");
    }

    [Theory]
    [TransportData]
    public async Task AMiddleware_MayEndTheConnection(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, listen => listen.Use(_ => async connection =>
            await connection.Transport.Output.WriteAsync("not today"u8.ToArray())));
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal("not today", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task ConnectionLogging_ShowsTheBytes(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, listen => listen.UseConnectionLogging());
        using HttpClient client = rig.Client();

        Assert.Equal("[served]", await client.GetStringAsync("/"));

        LogLine[] lines = [.. rig.Log.Where(line => line.Category.EndsWith("LoggingConnectionMiddleware", StringComparison.Ordinal))];
        Assert.Contains(lines, line => line.Text.StartsWith("ReadAsync[", StringComparison.Ordinal) && line.Text.Contains("47 45 54 20", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Text.StartsWith("WriteAsync[", StringComparison.Ordinal) && line.Text.Contains("48 54 54 50", StringComparison.Ordinal));
    }

    private static Task<WebRig> StartAsync(TransportCase transport, Action<ListenOptions> set) => WebRig.StartAsync(
        transport,
        app =>
        {
            app.MapGet("/", () => "[served]");
            app.MapPost("/", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.Body.WriteAsync(body.ToArray());
            });
        },
        options => options.Listen(IPAddress.Loopback, port: 0, set));
}
