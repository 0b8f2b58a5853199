using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>Long bodies through TLS, and sides that are slow to take them.</summary>
public sealed class TlsBodyTests
{
    private const int LongBytes = 24 * 1024 * 1024;
    private const int PieceBytes = 64 * 1024;

    [Theory]
    [TransportData]
    public async Task ALongUpload_ToASlowReader_ArrivesWhole(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", Bodies.HashAsync), Unlimited);
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        using HttpClient client = rig.HttpsClient();

        HttpResponseMessage answer = await client.PostAsync("/", new ByteArrayContent(body));

        Assert.Equal(Bodies.HashOf(body), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [TransportData]
    public async Task ALongDownload_ToASlowReader_HoldsTheWriter(TransportCase transport)
    {
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        int written = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            foreach (byte[] piece in body.Chunk(PieceBytes))
            {
                await context.Response.BodyWriter.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        }), Unlimited);
        using HttpClient client = rig.HttpsClient();

        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await Steady.ReachedAsync(() => Volatile.Read(ref written));
        // Less than a half: what fits into the kernel's buffers and the server's own.
        Assert.InRange(Volatile.Read(ref written), 1, LongBytes / 2);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Theory]
    [TransportData]
    public async Task ALongUpload_ThatNobodyReads_HoldsTheClient(TransportCase transport)
    {
        TaskCompletionSource reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async context =>
        {
            await reads.Task;
            await Bodies.HashAsync(context);
        }), Unlimited);
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        using var content = new CountedContent(body);
        using HttpClient client = rig.HttpsClient();

        Task<HttpResponseMessage> posting = client.PostAsync("/", content);
        await Steady.ReachedAsync(() => content.SentBytes);
        Assert.InRange(content.SentBytes, 1, LongBytes / 2);
        reads.SetResult();

        using HttpResponseMessage answer = await posting;
        Assert.Equal(Bodies.HashOf(body), await answer.Content.ReadAsStringAsync());
    }

    /// <summary>TLS reads and writes at the same time, and neither waits for the other.</summary>
    [Theory]
    [TransportData]
    public async Task AnEcho_GoesBothWaysAtOnce(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(
            transport,
            connection => connection.Transport.Input.CopyToAsync(connection.Transport.Output),
            (options, set) => options.Listen(IPAddress.Loopback, port: 0, listener => set(listener.UseTls())));
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        byte[] echoed = new byte[LongBytes];
        using TlsClient client = await TlsClient.ConnectAsync(rig.Web);

        Task sending = client.Stream.WriteAsync(body).AsTask();
        await client.Stream.ReadExactlyAsync(echoed).AsTask().InTime();
        await sending.InTime();

        Assert.Equal(body, echoed);
    }

    private static void Unlimited(KestrelServerOptions options)
    {
        options.ListenHttps();
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
    }
}
