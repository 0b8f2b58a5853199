using System.Net;
using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>What a request can see of the connection below TLS, and of TLS.</summary>
public sealed class FeatureTests
{
    private static readonly Type[] s_visible =
    [
        typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IConnectionIdFeature), typeof(IConnectionSocketFeature),
        typeof(IConnectionLifetimeFeature), typeof(IMemoryPoolFeature), typeof(ITlsConnectionFeature),
        typeof(ITlsHandshakeFeature), typeof(ITlsApplicationProtocolFeature), typeof(ISslStreamFeature),
        typeof(IConnectionLifetimeNotificationFeature),
    ];

    [Theory]
    [TransportData]
    public async Task EveryFeature_IsVisibleToARequest_OverBothVersions(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpContext context) => string.Join(' ', s_visible.Where(type => context.Features[type] is null).Select(type => type.Name))),
            options => options.ListenHttps());

        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using HttpClient client = rig.HttpsClient(version);
            Assert.Equal("", await client.GetStringAsync("/"));
        }
    }

    [Theory]
    [TransportData]
    public async Task TheHandshake_IsDescribed(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpContext context) =>
            {
                ITlsHandshakeFeature tls = context.Features.GetRequiredFeature<ITlsHandshakeFeature>();
                ReadOnlyMemory<byte> protocol = context.Features.GetRequiredFeature<ITlsApplicationProtocolFeature>().ApplicationProtocol;
                return $"{tls.Protocol} {tls.HostName} {Encoding.ASCII.GetString(protocol.Span)} {tls.NegotiatedCipherSuite}";
            }),
            // The name is looked for only where it can matter.
            options => options.ListenHttps(https: https => https.ServerCertificateSelector = (_, _) => Certificates.Server));

        using HttpClient client = rig.HttpsClient(HttpVersion.Version20, tls => tls.EnabledSslProtocols = SslProtocols.Tls13);
        Assert.StartsWith("Tls13 localhost h2 TLS_", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task TheSocket_IsTheOneBelow(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", (HttpContext context) =>
            {
                System.Net.Sockets.Socket socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
                return $"{socket.LocalEndPoint} {socket.RemoteEndPoint} {socket.NoDelay}";
            }),
            options => options.ListenHttps());
        using TlsClient client = await TlsClient.ConnectAsync(rig);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        string expected = $"{client.Raw.Socket.RemoteEndPoint} {client.Raw.Socket.LocalEndPoint} True";
        Assert.Contains(expected, await client.ReadUntilAsync("True"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task TheSocketsInformation_CountsWhatTlsSends(TransportCase transport)
    {
        const int AnswerBytes = 100_000;
        ISocketInfoFeature? info = null;
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app => app.MapGet("/", async context =>
            {
                info = context.Features.GetRequiredFeature<ISocketInfoFeature>();
                await context.Response.Body.WriteAsync(new byte[AnswerBytes]);
            }),
            options => options.ListenHttps());

        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using HttpClient client = rig.HttpsClient(version);
            Assert.Equal(AnswerBytes, (await client.GetByteArrayAsync("/")).Length);
            Assert.NotNull(info!.TcpInfo);
            Assert.InRange(info.SentBytes, AnswerBytes + 1, AnswerBytes * 2);
            Assert.InRange(info.ReceivedBytes, 100, AnswerBytes);
        }
    }
}
