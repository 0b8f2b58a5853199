using System.Text;
using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Capturing;

/// <summary><c>weir capture --follow</c> on traffic of socat, live and from a file.</summary>
public sealed class FollowCommandTests : IDisposable
{
    // A line there, a line back, and a datagram to nobody.
    private const string Talk = "socat TCP4-LISTEN:7000,bind=127.0.0.1 'SYSTEM:read line; echo answer to $line' & "
        + "until ss -ltn | grep -q :7000; do sleep 0.02; done; echo hello | socat -t 5 - TCP4:127.0.0.1:7000 >/dev/null; echo datagram | socat -u - UDP4:127.0.0.1:9; wait";

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "trace.pcapng");

    [RequiresNetworkNamespaceFact]
    public async Task OfAFile_WhatBothEndsSaid_IsPutTogether()
    {
        await CaptureAsync("-w", File, "--", "sh", "-c", Talk);

        Finished text = (await FollowAsync("--follow")).Succeeded();
        Finished datagrams = (await FollowAsync("--follow", "udp:0")).Succeeded();
        Finished hex = (await FollowAsync("--follow", "0", "--hex")).Succeeded();
        Finished raw = (await FollowAsync("--follow", "0", "--raw")).Succeeded();
        Finished json = (await FollowAsync("--follow", "0", "--json")).Succeeded();

        Assert.Matches(@"^tcp stream 0: > is 127\.0\.0\.1:\d+, < is 127\.0\.0\.1:7000\n> hello\n< answer to hello\n$", text.Output);
        Assert.Matches(@"^udp stream 0: > is 127\.0\.0\.1:\d+, < is 127\.0\.0\.1:9\n> datagram\n$", datagrams.Output);
        Assert.Contains("\n> 00000000  68 65 6c 6c 6f 0a ", hex.Output, StringComparison.Ordinal);
        Assert.Equal("hello\nanswer to hello\n", raw.Output);
        JsonElement answer = JsonDocument.Parse(json.Lines[1]).RootElement;
        Assert.Equal(("127.0.0.1:7000", "answer to hello\n"), (answer.GetProperty("from").GetString(), Encoding.ASCII.GetString(answer.GetProperty("data").GetBytesFromBase64())));
    }

    [RequiresNetworkNamespaceFact]
    public async Task AStreamThatIsNotThere_IsAnError_ThatSaysWhatIs()
    {
        await CaptureAsync("-w", File, "--", "sh", "-c", Talk);

        Finished refused = await FollowAsync("--follow", "7");

        Assert.Equal((2, "", "weir: there is no tcp stream 7: the only one is 0\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    /// <summary>Segments of loopback are as long as packets can be.</summary>
    [RequiresNetworkNamespaceFact]
    public async Task Live_TheBytesAreThoseThatWereSent()
    {
        const string Long = "socat -u TCP4-LISTEN:7000,bind=127.0.0.1 - >/dev/null & until ss -ltn | grep -q :7000; do sleep 0.02; done; "
            + "yes 0123456789 | head -c 1000000 | socat -b 1000000 -u - TCP4:127.0.0.1:7000; wait";

        Finished capture = await CaptureAsync("--follow", "--raw", "--", "sh", "-c", Long);

        Assert.DoesNotContain("missing", capture.Errors, StringComparison.Ordinal);
        Assert.Equal(1_000_000, capture.Output.Length);
        Assert.Equal(string.Concat(Enumerable.Repeat("0123456789\n", 100_000))[..1_000_000], capture.Output);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Finished> FollowAsync(params string[] arguments) => WeirProcess.Run(["capture", "-r", File, .. arguments]);

    // As the command would start itself: alone in its network, where everything is the command's.
    private static async Task<Finished> CaptureAsync(params string[] arguments) =>
        (await new Run(NetworkNamespace.Starter[0], [.. NetworkNamespace.Starter[1..], .. WeirProcess.Command, "capture", .. arguments])
        {
            Environment = { ["WEIR_IN_USER_NAMESPACE"] = "1" },
        }.ToEnd()).Succeeded();
}
