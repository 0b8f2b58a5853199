using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>Clients that prove who they are.</summary>
public sealed class ClientCertificateTests
{
    private static readonly SslProtocols[] s_versions = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [TransportData]
    public async Task ARequiredCertificate_ReachesTheApplication(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, ClientCertificateMode.RequireCertificate);
        foreach (SslProtocols version in s_versions)
        {
            using HttpClient client = rig.HttpsClient(tls: options => Present(options, version, Certificates.Client));
            Assert.Equal(Certificates.Client.Thumbprint, await client.GetStringAsync("/"));
        }
    }

    [Theory]
    [TransportData]
    public async Task ARequiredCertificate_ThatIsMissingOrWrong_EndsTheConnection(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, ClientCertificateMode.RequireCertificate);
        foreach (SslProtocols version in s_versions)
        {
            foreach (X509Certificate2? presented in new[] { null, Certificates.Other })
            {
                using HttpClient client = rig.HttpsClient(tls: options => Present(options, version, presented));
                await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/"));
            }
        }

        Assert.DoesNotContain(rig.Log, line => line.Text.StartsWith("Request starting", StringComparison.Ordinal));
    }

    [Theory]
    [TransportData]
    public async Task ACertificateThatIsOnlyAllowed_MayBeMissing(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, ClientCertificateMode.AllowCertificate);
        using HttpClient client = rig.HttpsClient();

        Assert.Equal("none", await client.GetStringAsync("/"));
    }

    /// <summary>In the middle of a connection: TLS 1.2 shakes hands anew, TLS 1.3 asks after the handshake.</summary>
    [Theory]
    [TransportData]
    public async Task ACertificate_CanBeAskedForByARequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, ClientCertificateMode.DelayCertificate, HttpProtocols.Http1);
        foreach (SslProtocols version in s_versions)
        {
            using HttpClient client = rig.HttpsClient(tls: options =>
            {
                Present(options, version, Certificates.Client);
                options.AllowRenegotiation = true;
            });
            Assert.Equal("none", await client.GetStringAsync("/"));
            Assert.Equal(Certificates.Client.Thumbprint, await client.GetStringAsync("/ask"));
            Assert.Equal(Certificates.Client.Thumbprint, await client.GetStringAsync("/"));
        }
    }

    private static Task<WebRig> StartAsync(TransportCase transport, ClientCertificateMode mode, HttpProtocols protocols = HttpProtocols.Http1AndHttp2) =>
        WebRig.StartAsync(
            transport,
            app =>
            {
                app.MapGet("/", (HttpContext context) => context.Connection.ClientCertificate?.Thumbprint ?? "none");
                app.MapGet("/ask", async (HttpContext context) => (await context.Connection.GetClientCertificateAsync())?.Thumbprint ?? "none");
            },
            options => options.ListenHttps(protocols, https =>
            {
                https.ClientCertificateMode = mode;
                https.ClientCertificateValidation = (certificate, _, _) => Certificates.Client.Equals(certificate);
            }));

    private static void Present(SslClientAuthenticationOptions options, SslProtocols version, X509Certificate2? certificate)
    {
        options.EnabledSslProtocols = version;
        // A session that is resumed brings its certificate with it.
        options.AllowTlsResume = false;
        if (certificate is not null)
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
    }
}
