using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Streaming;

/// <summary>What is flushed arrives before the next thing is written: the next one is written when it has arrived.</summary>
public sealed class ServerSentEventsTests
{
    private const int Count = 50;

    [Theory]
    [TransportData]
    public async Task EachEvent_ArrivesWhenItIsFlushed(TransportCase transport)
    {
        var events = Channel.CreateUnbounded<string>();
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet(
            "/", (CancellationToken aborted) => TypedResults.ServerSentEvents(events.Reader.ReadAllAsync(aborted), eventType: "tick")));
        using HttpClient client = rig.Client();
        await events.Writer.WriteAsync("event 0");
        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(["event: tick", $"data: event {i}", ""], await ReadLinesAsync(reader, count: 3));
            await events.Writer.WriteAsync($"event {i + 1}");
        }

        events.Writer.Complete();
        Assert.Equal(["event: tick", $"data: event {Count}", ""], await ReadLinesAsync(reader, count: 3));
        Assert.Null(await reader.ReadLineAsync().InTime());
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [TransportData]
    public async Task EachFlush_IsAChunk(TransportCase transport)
    {
        var pieces = Channel.CreateUnbounded<string>();
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            await foreach (string piece in pieces.Reader.ReadAllAsync())
            {
                await context.Response.WriteAsync(piece);
                await context.Response.Body.FlushAsync();
            }
        }));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        for (int i = 10; i < Count; i++)
        {
            await pieces.Writer.WriteAsync($"piece {i}");
            string received = await client.ReadUntilAsync($"piece {i}\r\n");
            Assert.EndsWith($"8\r\npiece {i}\r\n", received, StringComparison.Ordinal);
        }

        pieces.Writer.Complete();
        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"));
    }

    [Theory]
    [TransportData]
    public async Task ItemsOfAnAsyncEnumerable_ArriveOneByOne(TransportCase transport)
    {
        var items = Channel.CreateUnbounded<int>();
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => items.Reader.ReadAllAsync()));
        using HttpClient client = rig.Client();
        await items.Writer.WriteAsync(0);
        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await answer.Content.ReadAsStreamAsync();

        string seen = "";
        byte[] buffer = new byte[4096];
        for (int i = 0; i < Count; i++)
        {
            while (!seen.EndsWith($"{i}", StringComparison.Ordinal))
            {
                int count = await body.ReadAsync(buffer).AsTask().InTime();
                Assert.NotEqual(0, count);
                seen += System.Text.Encoding.ASCII.GetString(buffer, 0, count);
            }

            await items.Writer.WriteAsync(i + 1);
        }

        items.Writer.Complete();
        using var reader = new StreamReader(body);
        seen += await reader.ReadToEndAsync().InTime();
        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, Count + 1))}]", seen);
    }

    private static async Task<List<string?>> ReadLinesAsync(StreamReader reader, int count)
    {
        List<string?> lines = [];
        while (lines.Count < count)
            lines.Add(await reader.ReadLineAsync().InTime());
        return lines;
    }
}
