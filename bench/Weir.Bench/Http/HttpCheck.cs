using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Bench;

/// <summary>Whether a server answers as the workload expects, before anything is timed.</summary>
internal static class HttpCheck
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <exception cref="BenchException">The answer is not what it has to be.</exception>
    public static async Task RunAsync(HttpPlace place, HttpWorkload workload, CancellationToken cancel)
    {
        using X509Certificate2? expected =
            place.Scheme == "https" ? X509CertificateLoader.LoadCertificateFromFile(place.CertificatePath) : null;
        using var handler = new SocketsHttpHandler();
        // Nobody signed it, so it has to be the very one.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => expected!.Equals(certificate);
        using var client = new HttpClient(handler) { Timeout = s_limit };
        try
        {
            // Twice: what keeps the connection has to be right on a used one too.
            await AskAsync(client, place, workload, cancel);
            await AskAsync(client, place, workload, cancel);
            if (workload.Depth > 1 && workload.Scheme == "http")
                await HttpPipelineCheck.RunAsync(place, workload, cancel).WaitAsync(s_limit, cancel);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            throw Wrong($"{error.Message} {error.InnerException?.Message}".TrimEnd());
        }
        catch (Exception error) when (error is TimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw Wrong($"no answer after {s_limit.TotalSeconds:0} s");
        }
    }

    private static async Task AskAsync(HttpClient client, HttpPlace place, HttpWorkload workload, CancellationToken cancel)
    {
        bool isHttp2 = workload.Scheme == "h2c";
        string url = place.ClientUrl + workload.Path;
        using var request = new HttpRequestMessage(workload.UploadBytes > 0 ? HttpMethod.Post : HttpMethod.Get, url)
        {
            Version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = workload.UploadBytes > 0 ? new ByteArrayContent(new byte[workload.UploadBytes]) : null,
        };
        request.Headers.ConnectionClose = workload.ClosesConnections ? true : null;
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Wrong($"status {(int)response.StatusCode}");
        if (response.Content.Headers.ContentLength != workload.Answer.Length)
            throw Wrong($"Content-Length {response.Content.Headers.ContentLength}, expected {workload.Answer.Length}");
        if (response.Content.Headers.ContentType?.MediaType != "text/plain")
            throw Wrong($"Content-Type {response.Content.Headers.ContentType}, expected text/plain");
        if ((response.Headers.ConnectionClose ?? false) != workload.ClosesConnections)
            throw Wrong(workload.ClosesConnections ? "the connection stays" : "the connection does not stay");
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (!body.AsSpan().SequenceEqual(workload.Answer))
            throw Wrong("another body than expected");
    }

    private static BenchException Wrong(string what) => new(what, BenchException.Wrong);
}
