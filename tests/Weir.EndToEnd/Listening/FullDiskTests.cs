using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Listening;

/// <summary>A disk without room: reading pauses, nothing is lost or written twice, and records stay whole.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Unshare = "unshare -Urm mount -t tmpfs -o size=64k tmpfs /mnt";

    // No page of the disk ends where a line does, so what fits last is half a line.
    private static readonly string s_lines = string.Concat(Enumerable.Range(0, 6000).Select(number => $"{number:D6}\n"));

    private readonly TemporaryFolder _folder = new();

    [RequiresCommandFact(Unshare, "util-linux")]
    public async Task PausesReading_AndLosesNothing()
    {
        await using WeirProcess listener = await ListenOnAFullDiskAsync();
        using Peer peer = await SendUntilFullAsync(listener);
        await listener.Program.Until(
            () => listener.Events("status").LastOrDefault() is { ValueKind: JsonValueKind.Object } status && status.GetProperty("waitingBytes").GetInt64() > 0,
            "waiting bytes");

        File.Delete(Inside(listener, "ballast"));

        await listener.Program.Until(() => listener.Events("notice").Length == 2, "the notice that it goes on");
        Assert.Equal(s_lines, await File.ReadAllTextAsync(Inside(listener, "log")));
        Assert.Matches(@"^write /mnt/log: ENOSPC; \d+ KiB wait until there is room, and reading pauses at 1024 KiB$", Message(listener, 0));
        Assert.Equal("write /mnt/log: goes on", Message(listener, 1));
        Assert.Equal(0, await listener.StopAsync());
    }

    [RequiresCommandFact(Unshare, "util-linux")]
    public async Task ThatStaysFull_LeavesNoHalfRecord_AndSaysWhatIsNotWritten()
    {
        await using WeirProcess listener = await ListenOnAFullDiskAsync("--drain-timeout", "0.2");
        using Peer peer = await SendUntilFullAsync(listener);
        // The namespace ends with the process, and the disk with it.
        using FileStream log = File.OpenRead(Inside(listener, "log"));

        Assert.Equal(1, await listener.StopAsync());

        string written = await new StreamReader(log).ReadToEndAsync();
        Assert.Equal(s_lines[..written.Length], written);
        Assert.EndsWith("\n", written, StringComparison.Ordinal);
        JsonElement stopped = Assert.Single(listener.Events("stopped"));
        Assert.Equal(written.Length, stopped.GetProperty("writtenBytes").GetInt64());
        Assert.Equal(written.Length / 7, stopped.GetProperty("writtenRecords").GetInt64());
        Assert.True(stopped.GetProperty("aborted").GetBoolean());
    }

    // Which finds the same file, because nobody has renamed it.
    [RequiresCommandFact(Unshare, "util-linux")]
    public async Task AndHangUp_WritesNoRecordTwice()
    {
        await using WeirProcess listener = await ListenOnAFullDiskAsync();
        using Peer peer = await SendUntilFullAsync(listener);
        await listener.Program.SignalAsync("HUP");
        File.Delete(Inside(listener, "ballast"));

        await listener.Program.Until(() => listener.Events("notice").Length == 2, "the notice that it goes on");
        Assert.Equal(s_lines, await File.ReadAllTextAsync(Inside(listener, "log")));
        Assert.Equal(0, await listener.StopAsync());
    }

    // The kernel's answer to a file that is too long for the process is a signal, which ends who does not expect it (setrlimit(2)).
    [RequiresProgramFact("prlimit", "util-linux")]
    public async Task AFileAtTheProcesssLimit_IsWaitedForToo()
    {
        string log = _folder.File("log");
        await using WeirProcess listener = await WeirProcess.ListenAsync($"unix://{_folder.File("s")}", "--to", log);
        await LimitFilesAsync(listener, "20000");
        using Peer peer = await SendUntilFullAsync(listener);
        Assert.StartsWith($"write {log}: EFBIG; ", Message(listener, 0), StringComparison.Ordinal);

        await LimitFilesAsync(listener, "unlimited");

        await listener.Program.Until(() => listener.Events("notice").Length == 2, "the notice that it goes on");
        Assert.Equal(s_lines, await File.ReadAllTextAsync(log));
        Assert.Equal(0, await listener.StopAsync());
    }

    [Fact]
    public async Task WithoutEnd_EndsInTime_AndSaysWhatIsNotWritten()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            $"unix://{_folder.File("s")}", "--to", "/dev/full", "--drain-timeout", "0.2");
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        await peer.SendAsync("lost\n");
        await listener.UntilEvent("notice");

        Assert.Equal(1, await listener.StopAsync());
        JsonElement stopped = Assert.Single(listener.Events("stopped"));
        Assert.Equal(5, stopped.GetProperty("unwrittenBytes").GetInt64());
        Assert.True(stopped.GetProperty("aborted").GetBoolean());
    }

    public void Dispose() => _folder.Dispose();

    // A disk of 64 KiB in a mount namespace of the process's own, and little room on it.
    private Task<WeirProcess> ListenOnAFullDiskAsync(params string[] options)
    {
        const string SetUp = "mount -t tmpfs -o size=64k tmpfs /mnt && head -c 40000 /dev/zero > /mnt/ballast && exec \"$@\"";
        return WeirProcess.ListenThroughAsync(
            ["unshare", "-Urm", "sh", "-c", SetUp, "sh"], [$"unix://{_folder.File("s")}", "--to", "/mnt/log", .. options]);
    }

    private static async Task<Peer> SendUntilFullAsync(WeirProcess listener)
    {
        Peer peer = await Peer.ConnectAsync(listener.Address);
        await peer.SendAsync(s_lines);
        await listener.UntilEvent("notice");
        return peer;
    }

    private static async Task LimitFilesAsync(WeirProcess listener, string bytes) =>
        (await new Run("prlimit", $"--pid={listener.Program.Id}", $"--fsize={bytes}:").ToEnd()).Succeeded();

    private static string Inside(WeirProcess listener, string name) => $"/proc/{listener.Program.Id}/root/mnt/{name}";

    private static string Message(WeirProcess listener, int notice) => listener.Events("notice")[notice].GetProperty("message").GetString()!;
}
