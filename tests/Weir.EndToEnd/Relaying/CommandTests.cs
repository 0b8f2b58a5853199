using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>Commands and files as ends of a relay: what they get, what they say, and that nothing of them is left behind.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [RequiresProgramFact("socat", "socat")]
    public async Task ACommand_IsStartedForEachClient_AndItsEndIsTold()
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", "exec:sort; exit 3");
        Finished[] answers = await Task.WhenAll(Clients.Socat(relay.Socat, "b\na\n"), Clients.Socat(relay.Socat, "d\nc\n"));
        Assert.Equal(["a\nb\n", "c\nd\n"], answers.Select(answer => answer.Output).Order());

        await relay.Program.Until(() => relay.Events("notice").Length == 2, "both ends");
        Assert.All(relay.Events("notice"), notice => Assert.Equal(
            ("ChildFailed", "exec:sort; exit 3: exit status 3"), (Text(notice, "kind"), Text(notice, "message"))));
        Assert.Empty(Children(relay.Program.Id));
        Assert.Equal(0, await relay.StopAsync());
    }

    // The client never finishes; there is nobody for whom it could.
    [Fact]
    public async Task ACommandThatEnds_EndsItsConnection_AndNoOther()
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", "exec:read x; echo got $x; test $x = good || kill -9 $$; exec cat");
        using Peer lasting = await Peer.ConnectAsync(relay.Address);
        await lasting.SendAsync("good\n");
        Assert.Equal("got good\n", await lasting.ReceiveAsync(9));
        using Peer killed = await Peer.ConnectAsync(relay.Address);
        await killed.SendAsync("bad\n");
        Assert.Equal("got bad\n", await killed.ReceiveAsync(100));

        await relay.UntilEvent("notice");
        JsonElement notice = Assert.Single(relay.Events("notice"));
        Assert.Equal("ChildFailed", Text(notice, "kind"));
        Assert.EndsWith("ended by signal 9", Text(notice, "message"), StringComparison.Ordinal);
        await lasting.SendAsync("still");
        Assert.Equal("still", await lasting.ReceiveAsync(5));
    }

    // A client that has gone looks like one that has finished and waits; the idle time-out tells them apart.
    [Theory]
    [InlineData("exec:sleep 1000", 15)]
    [InlineData("exec:trap '' TERM; while :; do sleep 0.05; done", 9)]
    public async Task ACommandThatDoesNotEndWithItsClient_IsEnded(string command, int signal)
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", command, "--child-timeout", "0.2", "--idle-timeout", "0.3");
        using (Peer client = await Peer.ConnectAsync(relay.Address))
            await relay.Program.Until(() => Children(relay.Program.Id).Length > 0, "the command");

        await relay.Program.Until(() => relay.Events("notice").Length > 0, "the end of the command");
        Assert.EndsWith($"ended by signal {signal}", Text(relay.Events("notice")[0], "message"), StringComparison.Ordinal);
        await relay.Program.Until(() => Children(relay.Program.Id).Length == 0, "no process left");
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task WithPty_TheCommandHasATerminal_AndTheEndOfInputIsTyped()
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", "exec:tty; exec cat", "--pty");

        Finished said = await Clients.Socat(relay.Socat, "typed\nhalf a line");

        // The terminal shows what is typed as well.
        Assert.Matches(@"^/dev/pts/\d+\r\n", said.Output.Replace("typed\r\nhalf a line", ""));
        Assert.Contains("typed\r\n", said.Output, StringComparison.Ordinal);
        Assert.EndsWith("half a line", said.Output, StringComparison.Ordinal);
        await relay.UntilEvent("notice");
        Assert.Equal("ChildEnded", Text(relay.Events("notice")[0], "kind"));
    }

    // A shell's background job ignores SIGINT, .NET ignores SIGPIPE.
    [Fact]
    public async Task ACommand_InheritsNoIgnoredSignal_AndNoDescriptorOfTheRelays()
    {
        const string Shows = "exec:grep SigIgn /proc/self/status; readlink /proc/self/fd/*; yes | head -1";
        string script = $"{WeirProcess.InShell} relay - '{Shows}' </dev/null & wait $!";
        Finished said = await new Run("bash", "-c", script).ToEnd();

        Assert.StartsWith("SigIgn:\t0000000000000000\n", said.Succeeded().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("socket:", said.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("anon_inode:", said.Output, StringComparison.Ordinal);
        Assert.Equal("", said.Errors);
    }

    [Fact]
    public async Task ATerminal_HasASize()
    {
        Finished said = await WeirProcess.Run("relay", "exec:stty size", $"file:{_folder.File("size")}", "--pty");
        Assert.Equal(0, said.ExitCode);
        Assert.Equal("24 80\r\n", await File.ReadAllTextAsync(_folder.File("size")));
    }

    // As many clients as there are descriptors for; a command needs several.
    [Fact]
    public async Task WhenDescriptorsAreShort_ClientsWait_AndNothingIsLeftBehind()
    {
        string script = $"ulimit -n 150; exec {WeirProcess.InShell} relay --json tcp4://127.0.0.1:0 exec:cat";
        await using RunningProgram relay = RunningProgram.Shell(script);
        await relay.OutputHas("\"relaying\"");
        string address = relay.Output.Split("\"address\":\"")[1].Split('"')[0];
        Peer[] peers = new Peer[40];
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = await Peer.ConnectAsync(address);
            await peers[i].SendAsync("hello");
        }

        await relay.OutputHas("\"ConnectionLimit\"");
        // In whatever order they are served: each loop has a queue of its own.
        await Task.WhenAll(peers.Select(async peer =>
        {
            Assert.Equal("hello", await peer.ReceiveAsync(5));
            peer.FinishSending();
            Assert.Equal("", await peer.ReceiveAsync(1));
            peer.Dispose();
        }));

        await relay.Until(() => Children(relay.Id).Length == 0, "no process left");
        await relay.SignalAsync("TERM");
        Assert.Equal(0, await relay.ExitAsync());
    }

    // A FIFO without a reader holds whoever opens it. The reader here is a writer too, so that it never sees the end between two clients.
    [Fact]
    public async Task AFifoWithoutAReader_IsWaitedFor_AndCostsOthersNothing()
    {
        string fifo = _folder.File("fifo");
        (await new Run("mkfifo", fifo).ToEnd()).Succeeded();
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"file:{fifo}", "--connect-timeout", "60");
        Peer[] peers = new Peer[30];
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = await Peer.ConnectAsync(relay.Address);
            await peers[i].SendAsync("hello\n");
            peers[i].FinishSending();
        }

        await relay.Program.Until(() => relay.Events("status").Any(line => line.GetProperty("connections").GetInt32() == peers.Length), "all clients");
        await using RunningProgram reader = RunningProgram.Shell($"exec cat <>{fifo}");
        await reader.Until(() => reader.Output.Split('\n').Length > peers.Length, "what all have said");
        Assert.Equal(peers.Length, reader.Output.Split('\n').Count(line => line == "hello"));
        Array.ForEach(peers, peer => peer.Dispose());
        Assert.Empty(relay.Events("notice"));
    }

    [Fact]
    public async Task ACommandAsTheOrigin_IsRelayedOnce_AndItsStatusCounts()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        string file = _folder.File("answer");
        Finished fine = await WeirProcess.Run("relay", $"exec:echo question; exec 1>&-; cat > {file}", echo.Address);
        Assert.Equal(0, fine.Succeeded().ExitCode);
        Assert.Equal("question\n", await File.ReadAllTextAsync(file));

        // Its output ends, and then it does not like the answer.
        Finished failed = await WeirProcess.Run("relay", "exec:echo question; exec 1>&-; cat > /dev/null; exit 4", echo.Address);
        Assert.Equal((1, "weir: exec:echo question; exec 1>&-; cat > /dev/null; exit 4: exit status 4\n"), (failed.ExitCode, failed.Errors));
    }

    [Fact]
    public async Task Term_LetsACommandFinish()
    {
        await using WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", "exec:cat");
        using Peer client = await Peer.ConnectAsync(relay.Address);
        await client.SendAsync("before");
        Assert.Equal("before", await client.ReceiveAsync(6));
        await relay.Program.SignalAsync("TERM");
        await relay.UntilEvent("draining");
        await client.SendAsync("after");
        Assert.Equal("after", await client.ReceiveAsync(5));
        client.FinishSending();
        Assert.Equal("", await client.ReceiveAsync(1));
        Assert.Equal(0, await relay.Program.ExitAsync());
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AFile_IsAppendedTo_AndSentOnce()
    {
        string file = _folder.File("log");
        await File.WriteAllTextAsync(file, "first\n");
        await using (WeirProcess relay = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"file:{file}"))
        {
            Assert.Equal("", (await Clients.Socat(relay.Socat, "second\n")).Output);
            Assert.Equal("", (await Clients.Ncat("127.0.0.1", $"{relay.Port}", "third\n")).Output);
        }

        Assert.Equal("first\nsecond\nthird\n", await File.ReadAllTextAsync(file));
        await using WeirProcess back = await WeirProcess.RelayAsync("tcp4://127.0.0.1:0", $"file:{_folder.File("copy")}");
        (await WeirProcess.Run("relay", $"file:{file}", back.Address)).Succeeded();
        Assert.Equal(0, await back.StopAsync());
        Assert.Equal("first\nsecond\nthird\n", await File.ReadAllTextAsync(_folder.File("copy")));
    }

    [Fact]
    public async Task AFileThatCannotBe_IsOneLine_AndResetsTheClient()
    {
        await using WeirProcess echo = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0");
        string none = _folder.File("none");
        Finished failed = await WeirProcess.Run("relay", $"file:{none}", echo.Address);
        Assert.Equal((1, $"weir: open {none}: ENOENT; there is no such file or folder; check the path\n"), (failed.ExitCode, failed.Errors));

        await using WeirProcess relay = await WeirProcess.RelayAsync("unix://" + _folder.File("in.sock"), "file:/dev/full");
        using Peer client = await Peer.ConnectAsync(relay.Address);
        await client.SendAsync("lost");
        Assert.Equal("", await client.ReceiveAsync(1));
        await relay.UntilEvent("notice");
        Assert.Equal("write /dev/full: ENOSPC; the connection is reset", Text(relay.Events("notice")[0], "message"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    // Zombies as well.
    private static string[] Children(int processId) =>
        [.. Directory.GetDirectories($"/proc/{processId}/task").SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
