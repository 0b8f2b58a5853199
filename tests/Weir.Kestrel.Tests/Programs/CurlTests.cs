using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Programs;

/// <summary>curl as the client.</summary>
public sealed class CurlTests
{
    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task TenMegabytes_GoAndComeBack(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        using var folder = new TemporaryFolder();
        byte[] body = RandomNumberGenerator.GetBytes(10 * 1024 * 1024);
        await File.WriteAllBytesAsync(folder.File("body"), body);

        await CurlAsync("--data-binary", "@" + folder.File("body"), "-o", folder.File("answer"), Url(rig, "echo"));

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await File.ReadAllBytesAsync(folder.File("answer"))));
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task TenMegabytes_GoAndComeBack_OverHttp2(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http2);
        using var folder = new TemporaryFolder();
        byte[] body = RandomNumberGenerator.GetBytes(10 * 1024 * 1024);
        await File.WriteAllBytesAsync(folder.File("body"), body);

        string version = await CurlAsync(
            "--http2-prior-knowledge", "--data-binary", "@" + folder.File("body"), "-o", folder.File("answer"), "-w", "%{http_version}", Url(rig, "echo"));

        Assert.Equal("2", version);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await File.ReadAllBytesAsync(folder.File("answer"))));
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task AnUploadWithoutALength_IsChunked(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        string input = RandomNumberGenerator.GetHexString(300_000);

        Finished finished = (await new Run("curl", "-sS", "-T", "-", Url(rig, "kind")) { Input = input }.ToEnd()).Succeeded();

        Assert.Equal($"PUT chunked {input.Length}", finished.Output);
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task AContinue_IsWaitedFor_AndComes(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        // Without a 100 curl would wait longer than the run may last.
        Finished finished = (await new Run(
            "curl", "-sSv", "--expect100-timeout", "600", "-H", "Expect: 100-continue", "-d", "some text", Url(rig, "kind")).ToEnd()).Succeeded();

        Assert.Equal("POST 9 9", finished.Output);
        Assert.Contains("HTTP/1.1 100 Continue", finished.Errors, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task SeveralRequests_UseOneConnection(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        string answers = await CurlAsync("-w", " %{num_connects}\n", Url(rig, "connection"), Url(rig, "connection"), Url(rig, "connection"));

        string[][] lines = [.. answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        Assert.Equal(["1", "0", "0"], lines.Select(line => line[1]));
        Assert.Single(lines.Select(line => line[0]).Distinct());
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task Http10_EndsWithTheConnection(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        string answer = await CurlAsync("--http1.0", "-i", Url(rig, "long"));

        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + new string('x', LongBytes), answer, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task AHead_HasNoBody_AndTheConnectionGoesOn(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        string heads = await CurlAsync("-I", "-w", "connects %{num_connects}\n", Url(rig, "sized"), Url(rig, "sized"));

        Assert.Equal(2, heads.Split("Content-Length: 10\r\n").Length - 1);
        Assert.Contains("connects 1\n", heads, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nconnects 0\n", heads, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task ARange_IsAPart(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        Assert.Equal("3456 206", await CurlAsync("-r", "3-6", "-w", " %{http_code}", Url(rig, "ranges")));
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task AUnixSocket_CarriesHttp(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s");
        await using WebRig rig = await WebRig.StartAsync(transport, Map, options => options.ListenUnixSocket(path));

        Assert.Equal(new string('x', LongBytes), await CurlAsync("--unix-socket", path, "http://localhost/long"));
    }

    private const int LongBytes = 3_000_000;

    private static string Url(WebRig rig, string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{rig.Port}/{path}");

    private static async Task<string> CurlAsync(params string[] arguments) => (await new Run("curl", ["-sS", .. arguments]).ToEnd()).Succeeded().Output;

    private static Task<WebRig> StartAsync(TransportCase transport, HttpProtocols protocols = HttpProtocols.Http1) =>
        WebRig.StartAsync(transport, Map, options => options.Listen(IPAddress.Loopback, port: 0, listen => listen.Protocols = protocols));

    private static void Map(WebApplication app)
    {
        app.MapPost("/echo", async context =>
        {
            await using Stream answer = context.Response.Body;
            await context.Request.Body.CopyToAsync(answer);
        });
        app.MapMethods("/kind", ["PUT", "POST"], async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string length = context.Request.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? context.Request.Headers.TransferEncoding.ToString();
            return $"{context.Request.Method} {length} {body.Length}";
        });
        app.MapGet("/connection", (HttpContext context) => context.Connection.Id);
        app.MapGet("/long", (HttpContext context) => context.Response.WriteAsync(new string('x', LongBytes)));
        app.MapMethods("/sized", ["HEAD", "GET"], (HttpContext context) => context.Response.ContentLength = 10);
        app.MapGet("/ranges", () => Results.File("0123456789"u8.ToArray(), enableRangeProcessing: true));
    }
}
