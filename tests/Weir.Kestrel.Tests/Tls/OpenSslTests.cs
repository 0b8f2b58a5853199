using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>OpenSSL's own client: another implementation of TLS at the other end.</summary>
public sealed class OpenSslTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    [RequiresProgramTheory("openssl", "openssl")]
    [TransportData(Few = true)]
    public async Task EachVersionOfTls_IsSpoken(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        foreach ((string option, string version) in new[] { ("-tls1_2", "Tls12"), ("-tls1_3", "Tls13") })
        {
            // Kestrel ends without a close_notify, which this client calls an error.
            Finished client = await ConnectAsync(rig, option, "-quiet", "-ign_eof");

            Assert.StartsWith("HTTP/1.1 200 OK", client.Output, StringComparison.Ordinal);
            Assert.Contains(version, client.Output, StringComparison.Ordinal);
        }
    }

    [RequiresProgramTheory("openssl", "openssl")]
    [TransportData(Few = true)]
    public async Task TheProtocol_IsAgreedOnInTheHandshake(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);

        Assert.Contains("ALPN protocol: h2", (await ConnectAsync(rig, "-alpn", "http/1.1,h2")).Output, StringComparison.Ordinal);
        Assert.Contains("ALPN protocol: http/1.1", (await ConnectAsync(rig, "-alpn", "unknown,http/1.1")).Output, StringComparison.Ordinal);
        Finished refused = await ConnectAsync(rig, "-alpn", "unknown");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.DoesNotContain("HTTP/1.1 200", refused.Output, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("openssl", "openssl")]
    [TransportData(Few = true)]
    public async Task TheCertificate_IsTheOneOfTheName(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "localhost", "other.test" })
        {
            string trusted = folder.File(name);
            await File.WriteAllTextAsync(trusted, (name == "localhost" ? Certificates.Server : Certificates.Other).ExportCertificatePem());
            Finished client = await ConnectAsync(rig, "-servername", name, "-CAfile", trusted, "-verify_return_error");
            Assert.Contains("Verify return code: 0 (ok)", client.Output, StringComparison.Ordinal);
        }
    }

    private static Task<WebRig> StartAsync(TransportCase transport) => WebRig.StartAsync(
        transport,
        app => app.MapGet("/", (HttpContext context) => context.Features.GetRequiredFeature<ITlsHandshakeFeature>().Protocol.ToString()),
        options => options.ListenHttps(https: https =>
            https.ServerCertificateSelector = (_, name) => name == "other.test" ? Certificates.Other : Certificates.Server));

    private static Task<Finished> ConnectAsync(WebRig rig, params string[] options) =>
        new Run("openssl", ["s_client", "-connect", $"127.0.0.1:{rig.Port}", .. options]) { Input = Get }.ToEnd();
}
