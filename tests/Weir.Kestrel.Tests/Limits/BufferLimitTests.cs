using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Limits;

/// <summary>A side that does not read holds the other, and no more than buffers with a limit lies between them.</summary>
public sealed class BufferLimitTests
{
    private const int Bytes = 48 * 1024 * 1024;

    // The kernel's buffers of two sockets on the loopback, and a transport's own.
    private const int MostOnTheWay = 16 * 1024 * 1024;

    [Theory]
    [TransportData]
    public async Task AHandlerThatDoesNotRead_HoldsTheClient(TransportCase transport)
    {
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async context =>
        {
            await read.Task;
            await context.Response.WriteAsync($"[{await CountAsync(context.Request.Body)}]");
        }), Limit);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {Bytes}\r\n\r\n");

        int sent = 0;
        Task sending = SendAsync(client.Socket, count => Volatile.Write(ref sent, count));
        await StillAsync(() => Volatile.Read(ref sent));
        Assert.InRange(Volatile.Read(ref sent), 1, MostOnTheWay);
        read.SetResult();

        await sending.InTime();
        await client.ReadUntilAsync(string.Create(CultureInfo.InvariantCulture, $"[{Bytes}]"));
    }

    [Theory]
    [TransportData]
    public async Task AClientThatDoesNotRead_HoldsTheHandler(TransportCase transport)
    {
        int written = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            byte[] piece = new byte[64 * 1024];
            context.Response.ContentLength = Bytes;
            while (written < Bytes)
            {
                await context.Response.Body.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        }), Limit);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        await StillAsync(() => Volatile.Read(ref written));
        Assert.InRange(Volatile.Read(ref written), 1, MostOnTheWay);

        string answer = await client.ReadToEndAsync();
        Assert.Equal(Bytes, answer.Length - answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4);
    }

    private static void Limit(KestrelServerOptions options)
    {
        options.Listen(IPAddress.Loopback, port: 0);
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestLineSize = 1024;
        options.Limits.MaxRequestHeadersTotalSize = 1024;
        options.Limits.MaxRequestBufferSize = 4096;
        options.Limits.MaxResponseBufferSize = 4096;
    }

    private static async Task SendAsync(Socket socket, Action<int> count)
    {
        byte[] piece = new byte[64 * 1024];
        for (int sent = 0; sent < Bytes; count(sent))
            sent += await socket.SendAsync(piece.AsMemory(0, Math.Min(piece.Length, Bytes - sent)));
    }

    private static async Task<long> CountAsync(Stream body)
    {
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        while (await body.ReadAsync(buffer) is > 0 and int count)
            bytes += count;
        return bytes;
    }

    // The same many times in a row: it stands, and is not only slow.
    private static async Task StillAsync(Func<int> read)
    {
        const int Enough = 20;
        int before = -1;
        int times = 0;
        await Eventually.True(() =>
        {
            int now = read();
            times = now > 0 && now == before ? times + 1 : 0;
            before = now;
            return times >= Enough;
        });
    }
}
