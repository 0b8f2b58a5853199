using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http;

/// <summary>Long bodies, and sides that are slow to take them.</summary>
public sealed class BodyTests
{
    private const int LongBytes = 24 * 1024 * 1024;

    [Theory]
    [TransportData]
    public async Task ALongUpload_ToASlowReader_ArrivesWhole(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", HashSlowlyAsync), Unlimited);
        using HttpClient client = rig.Client();
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);

        HttpResponseMessage answer = await client.PostAsync("/", new ByteArrayContent(body));

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [TransportData]
    public async Task ALongDownload_ToASlowReader_HoldsTheWriter(TransportCase transport)
    {
        byte[] body = RandomNumberGenerator.GetBytes(LongBytes);
        int written = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            foreach (byte[] piece in body.Chunk(64 * 1024))
            {
                await context.Response.BodyWriter.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        }));
        using HttpClient client = rig.Client();

        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await StandsStillAsync(() => Volatile.Read(ref written));
        // Less than a half: what fits into the kernel's buffers and the server's own.
        Assert.InRange(Volatile.Read(ref written), 1, LongBytes / 2);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Theory]
    [TransportData]
    public async Task ABodyThatNobodyReads_IsDrained_AndTheConnectionGoesOn(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", (HttpContext context) => context.Connection.Id));
        using RawClient client = await rig.ConnectAsync();
        const string Post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";

        await client.SendAsync(Post + new string('x', 100_000));
        string first = await client.ReadUntilAsync("\r\n0\r\n\r\n");
        await client.SendAsync(Post + new string('x', 100_000));
        string second = await client.ReadUntilAsync("\r\n0\r\n\r\n");

        Assert.Equal(first.Split("\r\n\r\n")[1], second.Split("\r\n\r\n")[1]);
    }

    [Theory]
    [TransportData]
    public async Task AContinue_IsSentWhenTheBodyIsWanted(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"[{await reader.ReadToEndAsync()}]");
        }));
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.SendAsync("later");

        Assert.Contains("[later]", await client.ReadUntilAsync("[later]"), StringComparison.Ordinal);
    }

    private static void Unlimited(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions options)
    {
        options.Listen(System.Net.IPAddress.Loopback, port: 0);
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
    }

    private static async Task HashSlowlyAsync(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                hash.AppendData(piece.Span);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
            await Task.Yield();
        }

        await context.Response.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()));
    }

    private static async Task StandsStillAsync(Func<int> read)
    {
        int before = -1;
        await Eventually.True(() =>
        {
            int now = read();
            bool stands = now > 0 && now == before;
            before = now;
            return stands;
        });
    }
}
