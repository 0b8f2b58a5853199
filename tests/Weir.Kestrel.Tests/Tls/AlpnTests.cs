using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>Which protocol client and server agree on in the handshake (RFC 7301).</summary>
public sealed class AlpnTests
{
    private static readonly SslApplicationProtocol s_unknown = new("unknown/1");

    [Theory]
    [TransportData]
    public async Task TheServersFirstChoice_ThatTheClientOffers_IsTaken(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http1AndHttp2);

        Assert.Equal(SslApplicationProtocol.Http2, await AgreeAsync(rig, SslApplicationProtocol.Http11, SslApplicationProtocol.Http2));
        Assert.Equal(SslApplicationProtocol.Http11, await AgreeAsync(rig, s_unknown, SslApplicationProtocol.Http11));
    }

    [Theory]
    [TransportData]
    public async Task NothingInCommon_EndsTheHandshake(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http1AndHttp2);

        await Assert.ThrowsAsync<AuthenticationException>(() => AgreeAsync(rig, s_unknown));
        Assert.Equal(SslApplicationProtocol.Http2, await AgreeAsync(rig, SslApplicationProtocol.Http2));
    }

    [Theory]
    [TransportData]
    public async Task AClientThatOffersNothing_IsAnsweredInHttp1(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http1AndHttp2);
        using TlsClient client = await TlsClient.ConnectAsync(rig);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadUntilAsync("fine"), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task AClientThatOffersNothing_IsTurnedAway_WhereOnlyHttp2IsSpoken(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, HttpProtocols.Http2);
        using TlsClient client = await TlsClient.ConnectAsync(rig);

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Contains(rig.Log, line => line.Text.StartsWith("HTTP/2 over TLS was not negotiated", StringComparison.Ordinal));
    }

    private static Task<WebRig> StartAsync(TransportCase transport, HttpProtocols protocols) =>
        WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttps(protocols));

    private static async Task<SslApplicationProtocol> AgreeAsync(WebRig rig, params SslApplicationProtocol[] offered)
    {
        using TlsClient client = await TlsClient.ConnectAsync(rig, options => options.ApplicationProtocols = [.. offered]);
        return client.Stream.NegotiatedApplicationProtocol;
    }
}
