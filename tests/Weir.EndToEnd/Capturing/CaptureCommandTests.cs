using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Capturing;

/// <summary><c>weir capture</c> on traffic of socat, read by tshark. Each test has a network of its own.</summary>
[Collection(nameof(CaptureCommandTests))]
public sealed class CaptureCommandTests : IDisposable
{
    // One connection: what it says goes there, and nothing comes back.
    private const string Talk = "socat -u TCP4-LISTEN:7000,bind=127.0.0.1 - >/dev/null & "
        + "until ss -ltn | grep -q :7000; do sleep 0.02; done; echo hello | socat -u - TCP4:127.0.0.1:7000; wait";

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "trace.pcapng");

    [RequiresNetworkNamespaceFact]
    public async Task ACommandsTraffic_IsShownLineByLine_AndItsOutputKeptApart()
    {
        Finished capture = await CaptureAsync("--", "sh", "-c", Talk + "; echo from the command");

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{6} lo 127\.0\.0\.1:\d+ > 127\.0\.0\.1:7000 tcp S seq 0 win \d+ mss 65495 sackOK ts wscale \d+", capture.Lines[0]);
        Assert.Contains(capture.Lines, line => line.Contains(" tcp PA seq 1:7(6) ack 1 ", StringComparison.Ordinal));
        Assert.DoesNotContain("from the command", capture.Output, StringComparison.Ordinal);
        Assert.Contains("from the command\n", capture.Errors, StringComparison.Ordinal);
        Assert.Matches(@"\d+ packets captured, 0 dropped\n$", capture.Errors);
    }

    [RequiresNetworkNamespaceFact]
    public async Task TheCommandsExitCode_IsPassedOn() => Assert.Equal(7, (await RunAsync("capture", "--", "sh", "-c", "exit 7")).ExitCode);

    [RequiresNetworkNamespaceFact]
    public async Task AFilter_ChoosesAsTcpdumpDoes()
    {
        Finished capture = await CaptureAsync("src", "port", "7000", "--", "sh", "-c", Talk);

        Assert.NotEmpty(capture.Lines);
        Assert.All(capture.Lines, line => Assert.Contains(" 127.0.0.1:7000 > ", line, StringComparison.Ordinal));
    }

    [RequiresNetworkNamespaceFact]
    public async Task Packets_KnowTheirProcesses_TheFirstIncluded()
    {
        Finished capture = await CaptureAsync("--json", "--", "sh", "-c", Talk.Replace("echo hello", "(echo hello; sleep 0.5)", StringComparison.Ordinal));

        JsonElement first = JsonDocument.Parse(capture.Lines[0]).RootElement;
        Assert.Equal("syn", first.GetProperty("tcp").GetProperty("flags")[0].GetString());
        Assert.Equal("socat", first.GetProperty("sender").GetProperty("process").GetString());
        Assert.Equal("socat", first.GetProperty("receiver").GetProperty("process").GetString());
        Assert.NotEqual(first.GetProperty("sender").GetProperty("pid").GetInt32(), first.GetProperty("receiver").GetProperty("pid").GetInt32());
    }

    [RequiresNetworkNamespaceFact]
    public async Task AnErrorAndFragments_BelongToTheFlowThatTheyAreOf()
    {
        Finished refused = await CaptureAsync("--", "bash", "-c", "exec 3<>/dev/udp/127.0.0.1/9; echo x >&3; sleep 0.5; true");
        Finished split = await CaptureAsync("--", "bash", "-c", "ip link set lo mtu 1500; exec 3<>/dev/udp/127.0.0.1/9; head -c 4000 /dev/zero >&3; sleep 0.5; true");

        Assert.Matches(@" icmp unreachable: port.* # - → (bash|sleep)\[\d+\]$", refused.Lines[1]);
        Assert.Equal(3, split.Lines.Count(line => line.Contains(" 127.0.0.1", StringComparison.Ordinal) && !line.Contains("icmp", StringComparison.Ordinal)));
        Assert.All(split.Lines, line => Assert.Matches(@"(bash|head|sleep)\[", line));
    }

    [RequiresProgramFact("tshark", "tshark")]
    public async Task AFile_IsReadByTshark_WithTheProcessesAsComments()
    {
        await CaptureAsync("-w", File, "--", "sh", "-c", Talk.Replace("echo hello", "(echo hello; sleep 0.5)", StringComparison.Ordinal));

        Finished tshark = (await new Run("tshark", "-r", File, "-Y", "tcp", "-T", "fields", "-e", "tcp.flags.str", "-e", "frame.comment").ToEnd()).Succeeded();
        Assert.InRange(tshark.Lines.Length, 5, 20);
        Assert.Matches(@"S·*\tsocat\[\d+\] → socat\[\d+\]$", tshark.Lines[0]);
    }

    // The packet comes after a pause, nothing comes after it, and its sender has gone before anybody can ask.
    [RequiresNetworkNamespaceFact]
    public async Task ASinglePacket_IsInTheFile_WhileTheCaptureGoesOn()
    {
        string isThere = $"[ $(stat -c %s {File}) -gt 100 ]";

        Finished capture = await RunAsync(
            "capture", "-w", File, "udp port 9", "--", "bash", "-c", $"sleep 1; {isThere} && exit 8; echo x > /dev/udp/127.0.0.1/9; for i in $(seq 300); do {isThere} && exit 0; sleep 0.1; done; exit 9");

        Assert.Equal(0, capture.ExitCode);
    }

    [RequiresProgramFact("tshark", "tshark")]
    public async Task Rotation_BeginsNewFiles_ThatAreWhole()
    {
        await CaptureAsync(
            "-w", File, "--rotate", "64k", "--", "sh", "-c", "socat -u TCP4-LISTEN:7000 - >/dev/null & until ss -ltn | grep -q :7000; do sleep 0.02; done; head -c 1000000 /dev/zero | socat -u - TCP4:127.0.0.1:7000; wait");

        string[] files = [.. Directory.GetFiles(_folder.Path).Order()];
        Assert.True(files.Length > 2, string.Join(' ', files));
        Assert.Equal("trace-00001.pcapng", Path.GetFileName(files[0]));
        foreach (string file in files)
            (await new Run("tshark", "-r", file).ToEnd()).Succeeded();
    }

    [RequiresProgramFact("tshark", "tshark")]
    public async Task WhatTsharkWrote_IsReadAnalyzedAndDrawn()
    {
        string pcap = Path.Combine(_folder.Path, "trace.pcap");
        await CaptureAsync("-w", File, "--", "sh", "-c", Talk);
        (await new Run("tshark", "-r", File, "-F", "pcap", "-w", pcap).ToEnd()).Succeeded();

        Finished lines = (await RunAsync("capture", "-r", pcap)).Succeeded();
        Finished analysis = (await RunAsync("capture", "-r", pcap, "--analyze")).Succeeded();
        Finished ladder = (await RunAsync("capture", "-r", pcap, "--ladder")).Succeeded();
        Finished svg = (await RunAsync("capture", "-r", pcap, "--ladder", Path.Combine(_folder.Path, "ladder.svg"))).Succeeded();

        Assert.Contains(lines.Lines, line => line.Contains(" tcp PA seq 1:7(6) ", StringComparison.Ordinal));
        Assert.Matches(@"^stream 0: 127\.0\.0\.1:\d+ to 127\.0\.0\.1:7000, closed after ", analysis.Output);
        Assert.Contains("─ SYN seq=0 win=", ladder.Output, StringComparison.Ordinal);
        Assert.Equal("", svg.Output);
        Assert.StartsWith("<svg", await System.IO.File.ReadAllTextAsync(Path.Combine(_folder.Path, "ladder.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokenFiles_GiveWhatIsWhole_AndSayWhere()
    {
        await System.IO.File.WriteAllTextAsync(File, "this is no capture");

        Finished refused = await RunAsync("capture", "-r", File);

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith($"weir: {File}: byte 0: no capture", refused.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp prt 80", "filter 'tcp prt 80': can't parse filter expression: syntax error; see pcap-filter(7)")]
    public async Task AnExpressionThatIsNone_IsNamed(string filter, string message)
    {
        await System.IO.File.WriteAllBytesAsync(File, Convert.FromHexString("d4c3b2a1020004000000000000000000ffff000001000000" + new string('0', 32)));

        Finished refused = await RunAsync("capture", "-r", File, filter);

        Assert.Equal((2, $"weir: {message}\n"), (refused.ExitCode, refused.Errors));
    }

    [Theory]
    [InlineData("--hex: it tells --follow how to show bytes; add --follow", "--hex")]
    [InlineData("--hex --json: one form at a time", "--follow", "--hex", "--json")]
    [InlineData("--follow port: expected a stream's number, such as 3 or udp:3; a filter stands before --follow", "--follow", "port", "80")]
    [InlineData("--rotate: there is no file; add --write FILE", "--rotate", "5M")]
    [InlineData("--rotate soon: expected bytes from 4k on, such as 100M, or a time, such as 60s, 5min or 1h", "-w", "x", "--rotate", "soon")]
    [InlineData("--ladder tcp: expected a file that ends in .svg, .json, .txt; a filter stands before --ladder", "--ladder", "tcp")]
    [InlineData("capture on nosuch: there is no such interface; 'ip link' shows those there are", "-i", "nosuch")]
    public async Task Mistakes_SayWhatWasExpected(string message, params string[] arguments)
    {
        Finished refused = await RunAsync(["capture", .. arguments]);

        if (refused.Errors.Contains("CAP_NET_RAW", StringComparison.Ordinal))
            return;
        Assert.Equal((2, $"weir: {message}\n"), (refused.ExitCode, refused.Errors));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<Finished> RunAsync(params string[] arguments) => WeirProcess.Run(arguments);

    // As the command would start itself: alone in its network, where everything is the command's.
    private static async Task<Finished> CaptureAsync(params string[] arguments) =>
        (await new Run(NetworkNamespace.Starter[0], [.. NetworkNamespace.Starter[1..], .. WeirProcess.Command, "capture", .. arguments])
        {
            Environment = { ["WEIR_IN_USER_NAMESPACE"] = "1" },
        }.ToEnd()).Succeeded();
}
