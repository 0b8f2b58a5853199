using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>nghttp2's load generator: 2,000 requests on four connections with a hundred streams each.</summary>
public sealed class H2LoadTests
{
    private const int Requests = 2000;

    [RequiresProgramTheory("h2load", "nghttp2-client")]
    [TransportData(Few = true)]
    public async Task AHundredStreamsAtOnce_AreAllAnswered(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, MapAll, options => options.ListenHttp2());

        await LoadAsync($"http://127.0.0.1:{rig.Port}/", Requests);
    }

    [RequiresProgramTheory("h2load", "nghttp2-client")]
    [TransportData(Few = true)]
    public async Task AHundredStreamsAtOnce_AreAllAnswered_OverTls(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, MapAll, options => options.ListenHttps());

        await LoadAsync($"https://127.0.0.1:{rig.Port}/", Requests);
    }

    /// <summary>4 KiB for a stream, 64 KiB for all of a connection.</summary>
    [RequiresProgramTheory("h2load", "nghttp2-client")]
    [TransportData(Few = true)]
    public async Task LongAnswers_GoThroughSmallWindows(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, MapAll, options => options.ListenHttps());

        await LoadAsync($"https://127.0.0.1:{rig.Port}/long", requests: 200, "-w", "12", "-W", "16");
    }

    [RequiresProgramTheory("h2load", "nghttp2-client")]
    [TransportData(Few = true)]
    public async Task Uploads_OnAHundredStreams_ArriveWhole(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("body");
        byte[] body = RandomNumberGenerator.GetBytes(50_000);
        await File.WriteAllBytesAsync(file, body);
        int whole = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapPost("/", async (HttpRequest request) =>
        {
            using var received = new MemoryStream();
            await request.Body.CopyToAsync(received);
            if (received.ToArray().AsSpan().SequenceEqual(body))
                Interlocked.Increment(ref whole);
        }), options => options.ListenHttp2());

        await LoadAsync($"http://127.0.0.1:{rig.Port}/", requests: 400, "-d", file);

        Assert.Equal(400, whole);
    }

    private static void MapAll(WebApplication app)
    {
        app.MapGet("/", () => "fine");
        app.MapGet("/long", (HttpContext context) => context.Response.Body.WriteAsync(new byte[100_000]).AsTask());
    }

    private static async Task LoadAsync(string url, int requests, params string[] options)
    {
        Finished load = (await new Run("h2load", ["-n", requests.ToString(), "-c", "4", "-m", "100", .. options, url]).ToEnd()).Succeeded();

        Assert.Contains($"{requests} succeeded, 0 failed, 0 errored, 0 timeout", load.Output, StringComparison.Ordinal);
        Assert.Contains($"status codes: {requests} 2xx", load.Output, StringComparison.Ordinal);
    }
}
