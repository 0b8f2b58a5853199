using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>TLS on either side of a relay, against OpenSSL's programs and curl.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private const int ManyBytes = 20 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    private string Certificate => _folder.File("cert.pem");

    private string Key => _folder.File("key.pem");

    public async Task InitializeAsync()
    {
        if (Run.Find("openssl") is null)
            return;
        await MakeCertificateAsync("relay.test", Certificate, Key);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task Curl_AndSClient_SpeakToTheListeningSide()
    {
        await using WeirProcess daytime = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "daytime");
        await using WeirProcess relay = await ListeningAsync(daytime.Address);

        Finished got = await Clients.Curl("--cacert", Certificate, $"https://127.0.0.1:{relay.Port}/").ToEnd();
        Assert.Contains("20", got.Succeeded().Output, StringComparison.Ordinal);

        Finished said = await new Run(
            "openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile", Certificate, "-servername", "relay.test", "-connect", $"127.0.0.1:{relay.Port}").ToEnd();
        Assert.Contains("20", said.Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(relay.Events("notice"));
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task SServer_IsReached_AndItsNameIsVerified()
    {
        await using RunningProgram server = await SServerAsync();
        string address = $"tcp4://127.0.0.1:{PortOf(server)}";
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{address}?tls=on&ca={Certificate}&servername=relay.test");
        using (Peer peer = await Peer.ConnectAsync(relay.Address))
        {
            await peer.SendAsync("abc\n");
            Assert.Equal("cba\n", await peer.ReceiveAsync(4));
        }

        await using WeirProcess wrongName = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{address}?tls=on&ca={Certificate}&servername=other.test");
        Assert.Contains("RemoteCertificateNameMismatch", await RefusalAsync(wrongName), StringComparison.Ordinal);
        await using WeirProcess stranger = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{address}?tls=on");
        Assert.Contains("TLS handshake: ", await RefusalAsync(stranger), StringComparison.Ordinal);

        await using WeirProcess careless = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{address}?tls=on&verify=off");
        using Peer trusting = await Peer.ConnectAsync(careless.Address);
        await trusting.SendAsync("xyz\n");
        Assert.Equal("zyx\n", await trusting.ReceiveAsync(4));
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task TwentyMegabytes_AndBothEnds_PassThroughTwoRelaysAndTls()
    {
        string file = _folder.File("bytes");
        byte[] bytes = new byte[ManyBytes];
        new Random(Seed: 47).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        await using RunningProgram server = RunningProgram.Start(["socat", "-d", "-d", "-t", "60", "TCP4-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"]);
        await server.ErrorsHave("listening on AF=2 127.0.0.1:");
        await server.Until(() => server.Errors.Split("listening on ")[1].Contains('\n'), "a whole line");
        await using WeirProcess inner = await ListeningAsync($"tcp4://{server.Errors.Split("listening on AF=2 ")[1].Split('\n')[0]}");
        await using WeirProcess outer = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{inner.Address}?tls=on&ca={Certificate}");

        string script = $"socat -t 60 - {outer.Socat} < {file} | cmp - {file}";
        Finished compared = await new Run("bash", "-c", "set -o pipefail; " + script).ToEnd();

        Assert.Equal("", compared.Succeeded().Output + compared.Errors);
        Assert.Equal((0, 0), (await outer.StopAsync(), await inner.StopAsync()));
        Assert.Empty(inner.Events("notice").Concat(outer.Events("notice")));
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task AHandshakeThatFailsOrStalls_IsClosed_ToldOnce_AndCostsOthersNothing()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await ListeningAsync(echo.Address, "--connect-timeout", "1");
        await using RunningProgram fine = RunningProgram.Start(["openssl", "s_client", "-quiet", "-CAfile", Certificate, "-connect", $"127.0.0.1:{relay.Port}"]);
        await fine.WriteAsync("before\n");
        await fine.OutputHas("before\n");

        using Peer stalled = await Peer.ConnectAsync(relay.Address);
        using Peer garbage = await Peer.ConnectAsync(relay.Address);
        await garbage.SendAsync("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
        garbage.FinishSending();
        await garbage.ReceiveAsync(1000);
        Assert.Equal("", await stalled.ReceiveAsync(1000));

        await fine.WriteAsync("after\n");
        await fine.OutputHas("after\n");
        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("TlsFailed", notice.GetProperty("kind").GetString());
        Assert.Matches(@"^client 127\.0\.0\.1:\d+: TLS handshake: .*; it is closed$", notice.GetProperty("message").GetString());
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task WhatIsNoTlsAnyMore_ResetsBothSides_AndNobodyElse()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await ListeningAsync(echo.Address);
        await using RunningProgram fine = RunningProgram.Start(["openssl", "s_client", "-quiet", "-CAfile", Certificate, "-connect", $"127.0.0.1:{relay.Port}"]);
        await fine.WriteAsync("before\n");
        await fine.OutputHas("before\n");

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, relay.Port).InTime();
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "relay.test",
            CertificateChainPolicy = Trusting(Certificate),
        }).InTime();
        await tls.WriteAsync("hello"u8.ToArray()).AsTask().InTime();
        await tls.ReadExactlyAsync(new byte[5]).AsTask().InTime();
        await socket.SendAsync(new byte[100]).InTime();

        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await socket.ReceiveAsync(new byte[100]).InTime() > 0)
            {
                // An alert may come first.
            }
        });
        await echo.Program.Until(
            () => echo.Events("status").LastOrDefault() is { ValueKind: JsonValueKind.Object } status && status.GetProperty("connections").GetInt32() == 1,
            "the other connection alone");
        await fine.WriteAsync("after\n");
        await fine.OutputHas("after\n");
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task ABackendThatAcceptsAndNeverAnswersTheHandshake_IsTold()
    {
        await using WeirProcess discard = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "discard");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{discard.Address}?tls=on", "--connect-timeout", "0.3");
        Assert.Contains("TLS handshake: not done in time; down", await RefusalAsync(relay), StringComparison.Ordinal);
    }

    // It accepts, and no client can use it: it costs one client a handshake, and no further ones.
    [RequiresProgramFact("openssl", "openssl")]
    public async Task ABackendWhoseHandshakeFails_IsPassedOver_AndToldOnce()
    {
        await using WeirProcess daytime = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "daytime");
        await using RunningProgram server = await SServerAsync();
        string good = $"tcp4://127.0.0.1:{PortOf(server)}?tls=on&ca={Certificate}&servername=relay.test";
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"{daytime.Address}?tls=on", good, "--probe-interval", "0.1");
        for (int i = 0; i < 4; i++)
        {
            using Peer peer = await Peer.ConnectAsync(relay.Address);
            await peer.SendAsync("abc\n");
            Assert.Equal("cba\n", await peer.ReceiveAsync(4));
        }

        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("TlsFailed", notice.GetProperty("kind").GetString());
        Assert.EndsWith("; down, probed every 0.1 s", notice.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    // Somebody else's certificate and a peer that never answers: neither keeps a client from the backend that is left.
    [RequiresProgramFact("openssl", "openssl")]
    public async Task ABackendWithWhomNoHandshakeCanBeMade_IsTold_AndTheNextOneIsTaken()
    {
        string stranger = _folder.File("stranger.pem");
        await MakeCertificateAsync("stranger.test", stranger, _folder.File("stranger.key"));
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess fine = await ListeningAsync(echo.Address);
        string good = $"{fine.Address}?tls=on&ca={Certificate}";

        await using WeirProcess mistrusting = await WeirProcess.RelayAsync(
            "tcp4://127.0.0.1:0", $"{fine.Address}?tls=on&ca={stranger}", good);
        await IsServedAsync(mistrusting);
        await mistrusting.UntilEvent("notice");
        string refusal = Message(Assert.Single(mistrusting.Events("notice")));
        Assert.StartsWith($"backend {fine.Address}?tls=on&ca={stranger}: TLS handshake: ", refusal, StringComparison.Ordinal);
        Assert.Contains("certificate chain", refusal, StringComparison.Ordinal);

        await using WeirProcess discard = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "discard");
        await using WeirProcess stalled = await WeirProcess.RelayAsync(
            "tcp4://127.0.0.1:0", $"{discard.Address}?tls=on", good, "--connect-timeout", "3.1");
        await IsServedAsync(stalled);
        await stalled.UntilEvent("notice");
        string stall = Message(Assert.Single(stalled.Events("notice")));
        Assert.StartsWith($"backend {discard.Address}?tls=on: TLS handshake: not done in time; down", stall, StringComparison.Ordinal);
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task Mistakes_AreOneLine()
    {
        await FailsWith("tcp://:0?tls=on: tls=on has no certificate; expected cert=FILE and key=FILE, both PEM", "tcp://:0?tls=on", "tcp://:1");
        await FailsWith(
            $"cert {_folder.File("none")}: there is no such file", $"tcp://127.0.0.1:0?tls=on&cert={_folder.File("none")}", "tcp://:1");
        await FailsWith("tcp://x:1?tsl=on: unknown option 'tsl'; did you mean tls?", "tcp://:0", "tcp://x:1?tsl=on");
        await FailsWith("tcp://x:1?tls=yes: 'yes' is no value of tls; expected on or off", "tcp://:0", "tcp://x:1?tls=yes");
        await FailsWith("tcp://x:1?ca=/x: ca is about TLS; expected tls=on as well", "tcp://:0", "tcp://x:1?ca=/x");
        await FailsWith(
            "tcp://x:1?tls=on&cert=/x: cert is for listening; on the connecting side there are servername, ca and verify",
            "tcp://:0",
            "tcp://x:1?tls=on&cert=/x");
        await FailsWith(
            "tcp://x:1?tls=on&colour=red&verify=off: unknown option 'colour'; expected one of backlog, reuseaddr, sndbuf, rcvbuf, keepalive, "
            + "linger, reuseport, nodelay, cork, keepidle, keepintvl, keepcnt, defer_accept, quickack, usertimeout, v6only",
            "tcp://:0",
            "tcp://x:1?tls=on&colour=red&verify=off");
    }

    private static async Task MakeCertificateAsync(string name, string certificate, string key) => (await new Run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", $"/CN={name}", "-addext",
        $"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", key, "-out", certificate).ToEnd()).Succeeded();

    private static X509ChainPolicy Trusting(string certificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(certificate);
        return policy;
    }

    private static async Task IsServedAsync(WeirProcess relay)
    {
        using Peer peer = await Peer.ConnectAsync(relay.Address);
        await peer.SendAsync("hello");
        Assert.Equal("hello", await peer.ReceiveAsync(5));
    }

    private static string Message(JsonElement notice)
    {
        Assert.Equal("TlsFailed", notice.GetProperty("kind").GetString());
        return notice.GetProperty("message").GetString()!;
    }

    private static async Task FailsWith(string line, params string[] arguments)
    {
        Finished refused = await WeirProcess.Run(["relay", .. arguments]);
        Assert.Equal(($"weir: {line}\n", "", 2), (refused.Errors, refused.Output, refused.ExitCode));
    }

    private static async Task<string> RefusalAsync(WeirProcess relay)
    {
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using Peer peer = await Peer.ConnectAsync(relay.Address);
            await peer.ReceiveAsync(1);
        });
        await relay.UntilEvent("notice");
        return relay.Events("notice").First(line => line.GetProperty("kind").GetString() == "TlsFailed").GetProperty("message").GetString()!;
    }

    private Task<WeirProcess> ListeningAsync(string to, params string[] options) =>
        WeirProcess.RelayAsync([$"tcp4://127.0.0.1:0?tls=on&cert={Certificate}&key={Key}", to, .. options]);

    // It turns each line round.
    private async Task<RunningProgram> SServerAsync()
    {
        RunningProgram server = RunningProgram.Start(["openssl", "s_server", "-rev", "-accept", "127.0.0.1:0", "-cert", Certificate, "-key", Key]);
        await server.Until(() => server.Output.Contains("ACCEPT 127.0.0.1:", StringComparison.Ordinal) && server.Output.EndsWith('\n'), "its port");
        return server;
    }

    private static string PortOf(RunningProgram server) => server.Output.Split("ACCEPT 127.0.0.1:")[1].Split('\n')[0];
}
