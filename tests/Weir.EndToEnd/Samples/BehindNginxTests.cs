using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Samples;

/// <summary>samples/BehindNginx: the application on a unix socket, the real nginx before it, and their clients.</summary>
public sealed partial class BehindNginxTests
{
    private const int Mebibyte = 1024 * 1024;

    // More than the buffers of three sockets and of nginx hold.
    private const int DownloadMebibytes = 64;

    // Below what the sample permits.
    private const int UploadBytes = 24 * Mebibyte;

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task TheApplication_KnowsTheClientAndNginx()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();

        JsonElement seen = JsonDocument.Parse((await both.CurlAsync("/")).Output).RootElement;

        Assert.Equal("127.0.0.1", seen.GetProperty("client").GetString());
        Assert.Equal(both.Url, seen.GetProperty("url").GetString());
        int worker = seen.GetProperty("nginx").GetProperty("processId").GetInt32();
        Assert.Equal("nginx\n", await File.ReadAllTextAsync($"/proc/{worker}/comm"));
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task Requests_ShareTheConnectionsOfNginx()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        var connections = new HashSet<string>();

        for (int request = 0; request < 5; request++)
            connections.Add(JsonDocument.Parse((await both.CurlAsync("/")).Output).RootElement.GetProperty("connection").GetString()!);

        Assert.Single(connections);
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task ALargeUpload_ArrivesWhole()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        byte[] upload = RandomNumberGenerator.GetBytes(UploadBytes);
        await File.WriteAllBytesAsync(both.File("upload"), upload);

        Finished answer = await both.CurlAsync("/checksum", "--data-binary", $"@{both.File("upload")}");

        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(upload))}\n", answer.Output);
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task ALargeDownload_ArrivesWhole()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();

        Finished answer = await both.CurlAsync($"/zeros/{DownloadMebibytes}", "-o", "/dev/null", "-w", "%{http_code} %{size_download}");

        Assert.Equal($"200 {DownloadMebibytes * Mebibyte}", answer.Output);
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task Events_ComeOneByOne()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        await using RunningProgram listener = RunningProgram.Start(["curl", "-sSN", $"{both.Url}/ticks"]);

        await listener.OutputHas("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task AClientThatDoesNotRead_KeepsNobodyWaiting_AndGetsAllInTheEnd()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        using Peer slow = await AskAsync(both, $"/zeros/{DownloadMebibytes}");

        string begin = await slow.ReceiveAsync(Mebibyte);
        Assert.Contains("127.0.0.1", (await both.CurlAsync("/")).Output, StringComparison.Ordinal);
        long rest = await slow.CountToEndAsync();

        int head = begin.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Assert.Equal(DownloadMebibytes * (long)Mebibyte, begin.Length - head + rest);
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task ARestartOfTheApplication_NeedsNoneOfNginx()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        await both.CurlAsync("/");
        await both.Application!.SignalAsync("TERM");
        Assert.Equal(0, await both.Application.ExitAsync());

        Assert.False(File.Exists(both.SocketPath));
        Assert.Equal("502", await StatusAsync(both));
        await both.StartApplicationAsync();
        Assert.Equal("200", await StatusAsync(both));
    }

    [RequiresProgramsFact("nginx=nginx-light", "curl")]
    public async Task AnApplicationThatIsKilledInTheMiddle_EndsTheDownload_AndMayComeBack()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        using Peer client = await AskAsync(both, $"/zeros/{DownloadMebibytes}");
        Assert.Equal(Mebibyte, (await client.ReceiveAsync(Mebibyte)).Length);

        await both.Application!.SignalAsync("KILL");
        await both.Application.ExitAsync();
        long rest = await client.CountToEndAsync();

        Assert.True(rest < (DownloadMebibytes - 1) * (long)Mebibyte, $"{rest} bytes came of one that was killed");
        Assert.Equal("502", await StatusAsync(both));
        // It could not remove its socket; the next one takes the path over.
        Assert.True(File.Exists(both.SocketPath));
        await both.StartApplicationAsync();
        Assert.Equal("200", await StatusAsync(both));
    }

    [RequiresProgramsFact("nginx=nginx-light", "wrk")]
    public async Task Wrk_MeetsNoError()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();
        int requests = 0;

        // On a machine that is busy elsewhere its second may be over before the first answer.
        for (long start = TimeProvider.System.GetTimestamp(); requests == 0 && TimeProvider.System.GetElapsedTime(start) < Deadline.Generous;)
        {
            string report = (await new Run("wrk", "-t1", "-c16", "-d1s", "--timeout", "60s", both.Url).ToEnd()).Succeeded().Output;
            Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
            Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
            requests = int.Parse(Requests().Match(report).Groups["count"].Value);
        }

        Assert.NotEqual(0, requests);
    }

    [RequiresProgramsFact("nginx=nginx-light", "h2load=nghttp2-client")]
    public async Task H2load_GetsEachAnswer()
    {
        await using NginxInFront both = await NginxInFront.StartAsync();

        string report = (await new Run("h2load", "--h1", "-n", "2000", "-c", "16", both.Url).ToEnd()).Succeeded().Output;

        Assert.Contains("2000 succeeded, 0 failed, 0 errored, 0 timeout\n", report, StringComparison.Ordinal);
        Assert.Contains("2000 2xx", report, StringComparison.Ordinal);
    }

    private static async Task<Peer> AskAsync(NginxInFront both, string path)
    {
        Peer client = await Peer.ConnectAsync($"tcp://{both.Address}");
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: {both.Address}\r\nConnection: close\r\n\r\n");
        return client;
    }

    private static async Task<string> StatusAsync(NginxInFront both) =>
        (await both.CurlAsync("/", "-o", "/dev/null", "-w", "%{http_code}")).Output;

    [GeneratedRegex("(?<count>[0-9]+) requests in")]
    private static partial Regex Requests();
}
