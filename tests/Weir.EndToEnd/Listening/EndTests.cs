using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Listening;

/// <summary>What must be in the file when the process has ended, and when logrotate has moved it.</summary>
public sealed class EndTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.File("log");

    // The process cannot do anything while all of it arrives.
    [Fact]
    public async Task Term_WritesWhatIsInAcceptAndReceiveQueues()
    {
        const int Fresh = 8;
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. NineSchemesTests.Urls(_folder), "--to", Log]);
        Peer[] known = await ConnectAsync(listener.Addresses, count: 1);
        foreach (Peer peer in known)
            await peer.SendAsync("before\n");
        await listener.Program.Until(() => File.ReadAllLines(Log).Length == known.Length, "the first lines");
        await listener.Program.SignalAsync("STOP");

        foreach (Peer peer in known)
            await peer.SendAsync("received\n");
        Peer[] fresh = await ConnectAsync(listener.Addresses, Fresh);
        foreach (Peer peer in fresh)
            await peer.SendAsync("accepted\nwithout an end");
        await listener.Program.SignalAsync("TERM");
        await listener.Program.SignalAsync("CONT");

        Assert.Equal(0, await listener.Program.ExitAsync());
        string[] lines = await File.ReadAllLinesAsync(Log);
        Assert.Equal(known.Length, lines.Count(line => line == "received"));
        Assert.Equal(fresh.Length, lines.Count(line => line == "accepted"));
        Assert.Equal(fresh.Length, lines.Count(line => line == "without an end"));
        foreach (Peer peer in known.Concat(fresh))
            peer.Dispose();
    }

    [Fact]
    public async Task HangUp_OpensTheFileAgain()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync($"unix://{_folder.File("s")}", "--to", Log);
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        await peer.SendAsync("one\n");
        await listener.Program.Until(() => File.ReadAllText(Log) == "one\n", "the first line");
        File.Move(Log, Log + ".1");

        await listener.Program.SignalAsync("HUP");

        await listener.Program.Until(() => File.Exists(Log), "the new file");
        await peer.SendAsync("two\n");
        await listener.Program.Until(() => File.ReadAllText(Log) == "two\n", "the second line");
        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal("one\n", await File.ReadAllTextAsync(Log + ".1"));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task ANewProcess_TakesTheListeners_AndBothWriteToTheFile()
    {
        string[] command = ["udp4://127.0.0.1:0", $"unix://{_folder.File("s")}", "--to", Log, "--handover", _folder.File("door")];
        await using WeirProcess old = await WeirProcess.ListenAsync(command);
        using Peer peer = await Peer.ConnectAsync(old.Addresses[1]);
        await peer.SendAsync("one\n");
        await old.Program.Until(() => File.ReadAllText(Log) == "one\n", "the first line");

        await using WeirProcess next = await WeirProcess.ListenAsync(command);
        await peer.SendAsync("two\n");
        peer.FinishSending();

        Assert.Equal(0, await old.Program.ExitAsync());
        Assert.Equal(old.Addresses, next.Addresses);
        (await new Run("socat", "-u", "-", next.Socat) { Input = "three\n" }.ToEnd()).Succeeded();
        await Clients.Socat(WeirProcess.SocatOf(next.Addresses[1]), "four\n");
        await next.Program.Until(() => File.ReadAllLines(Log).Length == 4, "the last line");
        Assert.Equal(0, await next.StopAsync());
        Assert.Equal(["four", "one", "three", "two"], (await File.ReadAllLinesAsync(Log)).Order());
    }

    // A disk of 64 KiB in a mount namespace of the process's own.
    [RequiresCommandFact("unshare -Urm mount -t tmpfs -o size=64k tmpfs /mnt", "util-linux")]
    public async Task AFullDisk_PausesReading_AndLosesNothing()
    {
        const string SetUp = "mount -t tmpfs -o size=64k tmpfs /mnt && head -c 40000 /dev/zero > /mnt/ballast && exec \"$@\"";
        await using WeirProcess listener = await WeirProcess.ListenThroughAsync(
            ["unshare", "-Urm", "sh", "-c", SetUp, "sh"], $"unix://{_folder.File("s")}", "--to", "/mnt/log");
        string inside = $"/proc/{listener.Program.Id}/root/mnt";
        string lines = string.Concat(Enumerable.Range(0, 6000).Select(number => $"{number:D7}\n"));
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        await peer.SendAsync(lines);

        await listener.UntilEvent("notice");
        await listener.Program.Until(
            () => listener.Events("status").LastOrDefault() is { ValueKind: JsonValueKind.Object } status && status.GetProperty("waitingBytes").GetInt64() > 0,
            "waiting bytes");
        File.Delete($"{inside}/ballast");

        await listener.Program.Until(() => listener.Events("notice").Length == 2, "the notice that it goes on");
        Assert.Equal(lines, await File.ReadAllTextAsync($"{inside}/log"));
        Assert.Matches(@"^write /mnt/log: ENOSPC; \d+ KiB wait, reading pauses until there is room$", Message(listener, 0));
        Assert.Equal("write /mnt/log: goes on", Message(listener, 1));
        Assert.Equal(0, await listener.StopAsync());
    }

    [Fact]
    public async Task ADiskThatStaysFull_EndsInTime_AndSaysWhatIsNotWritten()
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

    private static string Message(WeirProcess listener, int notice) => listener.Events("notice")[notice].GetProperty("message").GetString()!;

    private static async Task<Peer[]> ConnectAsync(string[] addresses, int count)
    {
        List<Peer> peers = [];
        foreach (string address in addresses)
        {
            for (int i = 0; i < count; i++)
                peers.Add(await Peer.ConnectAsync(address));
        }

        return [.. peers];
    }
}
