using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>A client that sends and sees bytes through TLS.</summary>
internal sealed class TlsClient : IDisposable
{
    private TlsClient(RawClient raw)
    {
        Raw = raw;
        Stream = new SslStream(new NetworkStream(raw.Socket));
    }

    /// <summary>What is below TLS.</summary>
    public RawClient Raw { get; }

    public SslStream Stream { get; }

    /// <summary>Connects and shakes hands as localhost, taking only the certificate of that name.</summary>
    public static async Task<TlsClient> ConnectAsync(WebRig rig, Action<SslClientAuthenticationOptions>? configure = null)
    {
        var client = new TlsClient(await rig.ConnectAsync());
        SslClientAuthenticationOptions options = OptionsFor(Certificates.Server);
        configure?.Invoke(options);
        try
        {
            await client.Stream.AuthenticateAsClientAsync(options).InTime();
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return client;
    }

    /// <summary>Takes this certificate and no other.</summary>
    public static SslClientAuthenticationOptions OptionsFor(X509Certificate2 server) => new()
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = (_, certificate, _, _) => server.Equals(certificate),
    };

    /// <summary>What a client says first.</summary>
    public static async Task<byte[]> MakeHelloAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint).InTime();
        using Socket peer = await listener.AcceptSocketAsync().InTime();
        await using var tls = new SslStream(client.GetStream());
        Task handshake = tls.AuthenticateAsClientAsync(OptionsFor(Certificates.Server));
        byte[] hello = new byte[16 * 1024];
        int count = await peer.ReceiveAsync(hello).InTime();
        peer.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(() => handshake.InTime());
        return hello[..count];
    }

    public Task SendAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().InTime();

    /// <summary>Reads until this text has come.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            int count = await Stream.ReadAsync(buffer).AsTask().InTime();
            if (count == 0)
                throw new EndOfStreamException($"the server finished after '{text}'; expected '{end}'");
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(Stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync().InTime();
    }

    public void Dispose()
    {
        Stream.Dispose();
        Raw.Dispose();
    }
}
