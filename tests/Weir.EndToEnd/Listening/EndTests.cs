using Weir.EndToEnd.NineSchemes;
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
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. Nine.Urls(_folder), "--to", Log]);
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

    // Descriptors are short, so most of them still wait to be accepted.
    [RequiresProgramFact("prlimit", "util-linux")]
    public async Task Term_WritesWhatWaitsForDescriptors()
    {
        const int Peers = 150;
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            "tcp4://127.0.0.1:0", $"unix://{_folder.File("s")}", $"unixpacket://{_folder.File("p")}", "--to", Log);
        int open = Directory.GetFiles($"/proc/{listener.Program.Id}/fd").Length;
        (await new Run("prlimit", $"--pid={listener.Program.Id}", $"--nofile={open + 50}").ToEnd()).Succeeded();
        Peer[] peers = await ConnectAsync(listener.Addresses, Peers);
        foreach (Peer peer in peers)
            await peer.SendAsync("one\nwithout an end");
        await listener.UntilEvent("notice");

        Assert.Equal(0, await listener.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(Log);
        Assert.Equal((peers.Length, peers.Length), (lines.Count(line => line == "one"), lines.Count(line => line == "without an end")));
        foreach (Peer peer in peers)
            peer.Dispose();
    }

    [Fact]
    public async Task ASecondTerm_DoesNotWait()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            $"unix://{_folder.File("s")}", "--to", "/dev/full", "--drain-timeout", "3600");
        using Peer peer = await Peer.ConnectAsync(listener.Address);
        await peer.SendAsync("lost\n");
        await listener.UntilEvent("notice");
        await listener.Program.SignalAsync("TERM");
        await listener.UntilEvent("draining");

        Assert.Equal(1, await listener.StopAsync());
        Assert.Equal(5, Assert.Single(listener.Events("stopped")).GetProperty("unwrittenBytes").GetInt64());
    }

    // It would wait for a reader, and no signal would end it.
    [Fact]
    public async Task APipeThatNobodyReads_IsRefused()
    {
        (await new Run("mkfifo", Log).ToEnd()).Succeeded();

        Finished refused = await WeirProcess.Run("listen", $"unix://{_folder.File("s")}", "--to", Log);

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal(
            $"weir: open {Log}: ENXIO; it is a socket, or a pipe that nobody reads; write unix://PATH, or start the reader first\n", refused.Errors);
    }

    // The pipe is full, then weir's queue, then the way to it, and then the sender waits.
    [Fact]
    public async Task ASlowReaderOfStandardOutput_HoldsTheSender_AndGetsEverything()
    {
        string go = _folder.File("go");
        string identity = _folder.File("pid");
        string start = $"sh -c 'echo $$ > {identity}; exec dotnet \"{WeirProcess.Command[1]}\" listen unix://{_folder.File("s")} --json'";
        await using RunningProgram pipeline = RunningProgram.Shell($"{start} | {{ until [ -e {go} ]; do sleep 0.05; done; wc -c; }}");
        await pipeline.ErrorsHave("\"listening\"");
        using Peer peer = await Peer.ConnectAsync($"unix://{_folder.File("s")}");
        long sent = await peer.SendLinesUntilFullAsync(minimumBytes: 1024 * 1024);

        Assert.InRange(sent, 1024 * 1024, 8 * 1024 * 1024);
        await File.WriteAllTextAsync(go, "");
        (await new Run("sh", "-c", $"kill -TERM $(cat {identity})").ToEnd()).Succeeded();
        Assert.Equal(0, await pipeline.ExitAsync());
        Assert.Contains("\"aborted\":false", pipeline.Errors, StringComparison.Ordinal);
        // A line that was only begun has got its end.
        Assert.Equal(sent + (sent % 8 == 0 ? 0 : 1), long.Parse(pipeline.Output));
    }

    public void Dispose() => _folder.Dispose();

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
