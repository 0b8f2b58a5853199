using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

public sealed class HttpsTests
{
    private static readonly Version[] s_versions = [HttpVersion.Version11, HttpVersion.Version20];

    [Theory]
    [TransportData]
    public async Task ARequest_IsAnswered_OverBothVersions(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpRequest request) => $"{request.Protocol} {request.Scheme}"),
            options => options.ListenHttps());

        foreach (Version version in s_versions)
        {
            using HttpClient client = rig.HttpsClient(version);
            Assert.Equal($"HTTP/{(version.Major == 2 ? "2" : "1.1")} https", await client.GetStringAsync("/"));
        }
    }

    [Theory]
    [TransportData]
    public async Task ManyRequests_GoThroughOneConnection(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", (HttpContext context) => context.Connection.Id), options => options.ListenHttps());
        using HttpClient client = rig.HttpsClient();

        HashSet<string> ids = [];
        for (int i = 0; i < 100; i++)
            ids.Add(await client.GetStringAsync("/"));

        Assert.Single(ids);
    }

    [Theory]
    [TransportData]
    public async Task ManyClients_ShakeHandsAtOnce(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttps());

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            using HttpClient client = rig.HttpsClient();
            return await client.GetStringAsync("/");
        }));

        Assert.All(answers, answer => Assert.Equal("fine", answer));
    }

    [Theory]
    [TransportData]
    public async Task EachVersionOfTls_IsSpoken(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttps());

        foreach (SslProtocols version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            using HttpClient client = rig.HttpsClient(tls: options => options.EnabledSslProtocols = version);
            Assert.Equal("fine", await client.GetStringAsync("/"));
        }
    }

    [Theory]
    [TransportData]
    public async Task AVersionThatTheServerDoesNotSpeak_IsRefused(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttps(https: https => https.SslProtocols = SslProtocols.Tls13));

        await Assert.ThrowsAsync<AuthenticationException>(
            () => TlsClient.ConnectAsync(rig, options => options.EnabledSslProtocols = SslProtocols.Tls12));
        using TlsClient client = await TlsClient.ConnectAsync(rig, options => options.EnabledSslProtocols = SslProtocols.Tls13);
        Assert.Equal(SslProtocols.Tls13, client.Stream.SslProtocol);
    }

    [Theory]
    [TransportData]
    public async Task TheCertificate_IsChosenByTheNameThatTheClientAsksFor(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttps(https: https =>
            https.ServerCertificateSelector = (_, name) => name == "other.test" ? Certificates.Other : Certificates.Server));

        foreach ((string name, X509Certificate2 certificate) in new[] { ("localhost", Certificates.Server), ("other.test", Certificates.Other) })
        {
            using TlsClient client = await TlsClient.ConnectAsync(rig, options =>
            {
                options.TargetHost = name;
                options.RemoteCertificateValidationCallback = (_, presented, _, _) => certificate.Equals(presented);
            });
            Assert.True(certificate.Equals(client.Stream.RemoteCertificate));
        }
    }

    [Theory]
    [TransportData]
    public async Task TheOptionsOfAConnection_AreChosenInItsHandshake(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", () => "fine"),
            options => options.Listen(IPAddress.Loopback, port: 0, listener => listener.UseHttps(
                async (_, hello, state, cancelled) =>
                {
                    // A certificate may come from elsewhere, and take its time.
                    await Task.Yield();
                    return new SslServerAuthenticationOptions { ServerCertificate = hello.ServerName == (string?)state ? Certificates.Other : Certificates.Server };
                },
                "other.test")));

        using TlsClient client = await TlsClient.ConnectAsync(rig, options =>
        {
            options.TargetHost = "other.test";
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => Certificates.Other.Equals(certificate);
        });
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Contains("fine", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task HttpsOverAUnixSocket_IsAnswered(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s");
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpRequest request) => $"{request.Protocol} {request.Scheme}"),
            options => options.ListenUnixSocket(path, listener => listener.UseTls()));

        using HttpClient client = rig.HttpsClient(HttpVersion.Version20, through: path);
        Assert.Equal("HTTP/2 https", await client.GetStringAsync("/"));
    }
}
