using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>PROXY headers between relays and haproxy, each of which writes and reads both versions.</summary>
public sealed class ProxyProtocolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [RequiresProgramFact("haproxy", "haproxy")]
    public Task V1_ThenHaproxysV2_ThenV1() => TheAddressArrives(first: "v1", haproxys: "send-proxy-v2", second: "v1");

    [RequiresProgramFact("haproxy", "haproxy")]
    public Task V2_ThenHaproxysV1_ThenV2() => TheAddressArrives(first: "v2", haproxys: "send-proxy", second: "v2");

    [RequiresProgramFact("haproxy", "haproxy")]
    public async Task HaproxysOwnHealthChecks_AreNoClientsToComplainAbout()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync($"unix://{_folder.File("r.sock")}", echo.Address, "--proxy-protocol-in");
        await using RunningProgram haproxy = await HaproxyAsync(
            $"listen a\n mode tcp\n bind unix@{_folder.File("a.sock")}\n server r unix@{_folder.File("r.sock")} send-proxy-v2 check check-send-proxy inter 20");

        Finished answer = await Clients.Socat($"UNIX-CONNECT:{_folder.File("a.sock")}", "hello");
        await relay.Program.Until(() => relay.Events("status").Any(line => line.GetProperty("accepted").GetInt32() > 5), "some health checks");

        Assert.Equal("hello", answer.Output);
        Assert.Empty(relay.Events("notice"));
    }

    [Fact]
    public async Task WhatIsNoHeader_IsReset_AndToldOnce()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", echo.Address, "--proxy-protocol-in");
        for (int i = 0; i < 3; i++)
            Assert.NotEqual(0, (await Clients.Curl($"http://127.0.0.1:{relay.Port}/").ToEnd()).ExitCode);

        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("ProxyHeaderRejected", notice.GetProperty("kind").GetString());
        Assert.Matches(@"^client 127\.0\.0\.1:\d+: the PROXY header is missing; it is reset$", notice.GetProperty("message").GetString());
    }

    public void Dispose() => _folder.Dispose();

    // curl → relay → haproxy → relay → haproxy, which answers with what it takes for the client's address.
    private async Task TheAddressArrives(string first, string haproxys, string second)
    {
        (string a, string b, string middle) = (_folder.File("a.sock"), _folder.File("b.sock"), _folder.File("m.sock"));
        await using RunningProgram haproxy = await HaproxyAsync(
            $"""
            listen a
             mode tcp
             bind unix@{a} accept-proxy
             server middle unix@{middle} {haproxys}
            frontend b
             mode http
             bind unix@{b} accept-proxy
             http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] %[dst_port]"
            """);
        await Eventually.True(() => File.Exists(a) && File.Exists(b));
        await using WeirProcess inner = await WeirProcess.RelayAsync(
            $"unix://{middle}", $"unix://{b}", "--proxy-protocol-in", "--proxy-protocol-out", second);
        await using WeirProcess outer = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"unix://{a}", "--proxy-protocol-out", first);

        Finished got = await new Run("curl", "-sS", "-w", "\n%{local_ip}:%{local_port}", $"http://127.0.0.1:{outer.Port}/").ToEnd();

        string[] lines = got.Succeeded().Lines;
        Assert.Equal($"{lines[1]} {outer.Port}", lines[0]);
        Assert.Empty(inner.Events("notice").Concat(outer.Events("notice")));
    }

    private async Task<RunningProgram> HaproxyAsync(string sections)
    {
        string file = _folder.File("haproxy.cfg");
        const string Beginning = "global\n maxconn 100\ndefaults\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n";
        await File.WriteAllTextAsync(file, Beginning + sections + "\n");
        RunningProgram haproxy = RunningProgram.Start([Run.Find("haproxy")!, "-db", "-f", file]);
        await haproxy.Until(() => File.Exists(_folder.File("a.sock")), "its socket");
        return haproxy;
    }
}
