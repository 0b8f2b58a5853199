using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>The endpoints of tests, each on a free port of 127.0.0.1.</summary>
internal static class KestrelListening
{
    /// <summary>HTTPS with the certificate <see cref="Certificates.Server"/>.</summary>
    public static void ListenHttps(
        this KestrelServerOptions options,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        Action<HttpsConnectionAdapterOptions>? https = null) => options.Listen(IPAddress.Loopback, port: 0, listener =>
        {
            listener.Protocols = protocols;
            listener.UseTls(https);
        });

    /// <summary>HTTP/2 without TLS, which a client has to know beforehand.</summary>
    public static void ListenHttp2(this KestrelServerOptions options) =>
        options.Listen(IPAddress.Loopback, port: 0, listener => listener.Protocols = HttpProtocols.Http2);

    public static ListenOptions UseTls(this ListenOptions listener, Action<HttpsConnectionAdapterOptions>? https = null)
    {
        var adapter = new HttpsConnectionAdapterOptions { ServerCertificate = Certificates.Server };
        https?.Invoke(adapter);
        return listener.UseHttps(adapter);
    }
}
