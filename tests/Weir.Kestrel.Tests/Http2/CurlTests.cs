using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>curl, in every version of HTTP that it can ask for.</summary>
public sealed class CurlTests
{
    [RequiresProgramTheory("curl", "curl")]
    [TransportData(Few = true)]
    public async Task EachVersion_IsSpoken_OverTls(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string trusted = folder.File("server.pem");
        await File.WriteAllTextAsync(trusted, Certificates.Server.ExportCertificatePem());
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", (HttpRequest request) => request.Protocol), options => options.ListenHttps());
        string url = $"https://127.0.0.1:{rig.Port}/";

        Assert.Equal("HTTP/2", await CurlAsync("--cacert", trusted, "--http2", url));
        Assert.Equal("HTTP/1.1", await CurlAsync("--cacert", trusted, "--http1.1", url));
        Assert.Equal("HTTP/2", await CurlAsync("--insecure", "--tls-max", "1.2", url));
        // One after the other on one connection.
        Assert.Equal("HTTP/2HTTP/2HTTP/2", await CurlAsync("--insecure", url, url, url));
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData(Few = true)]
    public async Task PriorKnowledge_IsEnough_WithoutTls(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", (HttpRequest request) => request.Protocol), options => options.ListenHttp2());

        Assert.Equal("HTTP/2", await CurlAsync("--http2-prior-knowledge", $"http://127.0.0.1:{rig.Port}/"));
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData(Few = true)]
    public async Task ALongBody_ComesBackAsItWent(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("body");
        string echo = folder.File("echo");
        byte[] body = RandomNumberGenerator.GetBytes(5_000_000);
        await File.WriteAllBytesAsync(file, body);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", Bodies.EchoAsync), options => options.ListenHttps());

        foreach (string version in new[] { "--http1.1", "--http2" })
        {
            await CurlAsync("--insecure", version, "--data-binary", $"@{file}", "--output", echo, $"https://127.0.0.1:{rig.Port}/");
            Assert.Equal(body, await File.ReadAllBytesAsync(echo));
        }
    }

    private static async Task<string> CurlAsync(params string[] arguments) =>
        (await new Run("curl", ["--silent", "--show-error", "--fail", "--max-time", "50", .. arguments]).ToEnd()).Succeeded().Output;
}
