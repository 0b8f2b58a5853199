using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>How a connection with TLS ends, and handlers that TLS stands below.</summary>
public sealed class TlsEndTests
{
    [Theory]
    [TransportData]
    public async Task ACloseNotify_IsTheEndOfTheInput_AndSendsGoOn(TransportCase transport)
    {
        await using HandlerRig rig = await StartAsync(transport, AnswerWhenAllIsReadAsync);
        using TlsClient client = await TlsClient.ConnectAsync(rig.Web);

        await client.SendAsync("all of it");
        await client.Stream.ShutdownAsync().InTime();

        Assert.Equal("you said all of it", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AFin_WithoutACloseNotify_IsTheEndOfTheInput_AndSendsGoOn(TransportCase transport)
    {
        await using HandlerRig rig = await StartAsync(transport, AnswerWhenAllIsReadAsync);
        using TlsClient client = await TlsClient.ConnectAsync(rig.Web);

        await client.SendAsync("all of it");
        client.Raw.FinishSending();

        Assert.Equal("you said all of it", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AReset_IsThrownByTheRead(TransportCase transport)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await StartAsync(transport, async connection =>
        {
            await connection.Transport.Input.ReadAtLeastAsync(1);
            connection.Transport.Input.AdvanceTo(default);
            reading.SetResult();
            failed.SetResult(await Record.ExceptionAsync(() => ReadToEndAsync(connection.Transport.Input)));
        });
        using TlsClient client = await TlsClient.ConnectAsync(rig.Web);
        await client.SendAsync("a");
        await reading.Task.InTime();
        client.Raw.Reset();

        Assert.IsType<ConnectionResetException>(await failed.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_OfARequest_EndsTheConnection(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", (HttpContext context) => context.Abort()), options => options.ListenHttps());
        using TlsClient client = await TlsClient.ConnectAsync(rig);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await client.Raw.ReadToTheEndOrResetAsync();
        Assert.Contains(rig.Log, line => line.Text.Contains("aborted by the application", StringComparison.Ordinal));
    }

    [Theory]
    [TransportData]
    public async Task WhatWasWritten_LeavesBeforeTheEnd(TransportCase transport)
    {
        const int Bytes = 5_000_000;
        await using HandlerRig rig = await StartAsync(transport, async connection =>
        {
            await connection.Transport.Output.WriteAsync(new byte[Bytes]);
            await connection.Transport.Output.CompleteAsync();
        });
        using TlsClient client = await TlsClient.ConnectAsync(rig.Web);

        Assert.Equal(Bytes, (await client.ReadToEndAsync()).Length);
    }

    [Theory]
    [TransportData]
    public async Task MiddlewareBelowAndAboveTls_SeesTheRequest(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", () => "hello"),
            options => options.Listen(IPAddress.Loopback, port: 0, listener =>
            {
                listener.UseConnectionLogging("below").UseTls().UseConnectionLogging("above");
            }));
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using HttpClient client = rig.HttpsClient(version);
            Assert.Equal("hello", await client.GetStringAsync("/"));
        }

        Assert.Contains(rig.Log, line => line is { Category: "below" } && line.Text.StartsWith("ReadAsync", StringComparison.Ordinal));
        Assert.Contains(rig.Log, line => line is { Category: "above" } && line.Text.Contains("GET / HT TP/1.1", StringComparison.Ordinal));
    }

    private static Task<HandlerRig> StartAsync(TransportCase transport, Func<ConnectionContext, Task> handler) => HandlerRig.StartAsync(
        transport, handler, (options, set) => options.Listen(IPAddress.Loopback, port: 0, listener => set(listener.UseTls())));

    private static async Task AnswerWhenAllIsReadAsync(ConnectionContext connection)
    {
        string said = await ReadToEndAsync(connection.Transport.Input);
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"you said {said}"));
        await connection.Transport.Output.CompleteAsync();
    }

    private static async Task<string> ReadToEndAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            if (read.IsCompleted)
                return Encoding.ASCII.GetString(read.Buffer);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
