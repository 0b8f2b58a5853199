using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Listening;

/// <summary>What programs of others send, in the file, on standard output and at a peer.</summary>
public sealed class CollectingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.File("log");

    [RequiresProgramFact("socat", "socat")]
    public async Task Lines_FromSocatAndNcat_AreInTheFile()
    {
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            "tcp4://127.0.0.1:0", "tcp6://[::1]:0", "tcp://127.0.0.1:0", $"unix://{_folder.File("s")}", "--to", Log);

        await Clients.Socat(WeirProcess.SocatOf(listener.Addresses[0]), "tcp4\nno newline");
        await Clients.Socat(WeirProcess.SocatOf(listener.Addresses[1]), "tcp6\n");
        await Clients.Ncat("127.0.0.1", $"{WeirProcess.PortOf(listener.Addresses[2])}", "ncat\n");
        await Clients.Socat(WeirProcess.SocatOf(listener.Addresses[3]), "unix");

        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(["ncat", "no newline", "tcp4", "tcp6", "unix"], (await File.ReadAllLinesAsync(Log)).Order());
        JsonElement stopped = Assert.Single(listener.Events("stopped"));
        Assert.Equal(5, stopped.GetProperty("writtenRecords").GetInt64());
        Assert.False(stopped.GetProperty("aborted").GetBoolean());
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task StandardOutput_HasTheRecordsAlone()
    {
        await using RunningProgram listener = RunningProgram.Start([.. WeirProcess.Command, "listen", $"unix://{_folder.File("s")}"]);
        await listener.ErrorsHave("Ctrl-C");

        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "one\ntwo");
        await listener.OutputHas("two\n");
        await listener.SignalAsync("HUP");

        Assert.Equal(0, await listener.ExitAsync());
        Assert.Equal("one\ntwo\n", listener.Output);
        Assert.Contains("lines go to standard output", listener.Errors, StringComparison.Ordinal);
        Assert.Contains("wrote 2 records, 8 B, of 1 connection\n", listener.Errors, StringComparison.Ordinal);
    }

    // As the shell's `| head -1` does.
    [RequiresProgramFact("socat", "socat")]
    public async Task AReaderThatHasEnough_EndsItQuietly()
    {
        string url = $"unix://{_folder.File("s")}";
        await using RunningProgram listener = RunningProgram.Shell($"({WeirProcess.InShell} listen {url}; echo exit $? >&2) | head -1");
        await listener.ErrorsHave("Ctrl-C");

        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "one\n");
        await listener.OutputHas("one\n");
        await listener.Until(
            () =>
            {
                // The pipe breaks with the first write after head has gone.
                Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "more\n").ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
                return listener.Errors.Contains("exit 0", StringComparison.Ordinal);
            },
            "the end");

        Assert.Equal("one\n", listener.Output);
        Assert.DoesNotContain("weir: ", listener.Errors, StringComparison.Ordinal);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task APeerThatComesLate_GetsEverything()
    {
        string peer = _folder.File("peer");
        await using WeirProcess listener = await WeirProcess.ListenAsync($"unix://{_folder.File("s")}", "--to", $"unix://{peer}");
        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "one\ntwo\n");
        await listener.UntilEvent("notice");
        Assert.StartsWith(
            $"connect unix://{peer}: ENOENT; the path does not exist; start the server, or check the path; 1 KiB wait",
            listener.Events("notice")[0].GetProperty("message").GetString(),
            StringComparison.Ordinal);

        await using RunningProgram receiver = RunningProgram.Start(["socat", "-u", $"UNIX-LISTEN:{peer}", "-"]);
        await receiver.OutputHas("one\ntwo\n");

        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(["OutputWaits", "OutputGoesOn"], listener.Events("notice").Select(line => line.GetProperty("kind").GetString()));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task APeerThatGoesAndComesBack_MissesNothing()
    {
        await using WeirProcess target = await WeirProcess.ListenAsync("tcp4://127.0.0.1:0", "--to", Log);
        string address = target.Address;
        await using WeirProcess listener = await WeirProcess.ListenAsync($"unix://{_folder.File("s")}", "--to", address);
        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "one\n");
        await target.Program.Until(() => File.ReadAllText(Log) == "one\n", "the first line");

        await target.Program.SignalAsync("KILL");
        await target.Program.ExitAsync();
        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", "two\n");
        await listener.UntilEvent("notice");
        await using WeirProcess again = await WeirProcess.ListenAsync(address, "--to", Log);

        await again.Program.Until(() => File.ReadAllText(Log) == "one\ntwo\n", "the second line");
        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(0, await again.StopAsync());
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task CountedRecords_GoThroughTwoCollectors()
    {
        await using WeirProcess target = await WeirProcess.ListenAsync($"unix://{_folder.File("t")}", "--to", Log, "--frame", "datagrams");
        await using WeirProcess listener = await WeirProcess.ListenAsync(
            "tcp4://127.0.0.1:0", "--to", $"unix://{_folder.File("t")}", "--frame", "datagrams");

        await Clients.Socat(listener.Socat, "4 a\nb\n0 3 xyz");

        Assert.Equal(0, await listener.StopAsync());
        Assert.Equal(0, await target.StopAsync());
        Assert.Equal("4 a\nb\n0 3 xyz", await File.ReadAllTextAsync(Log));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AConfigurationFile_IsEnough()
    {
        string config = _folder.File("collect.json");
        await File.WriteAllTextAsync(config, $$"""
            {
                // Where producers send to.
                "socket_service_address": ["tcp4://127.0.0.1:0", "unix://{{_folder.File("s")}}"],
                "to": "{{Log}}", "frame": "lines", "rotate": "1k", "keep": 2, "json": true,
            }
            """);
        await using RunningProgram listener = RunningProgram.Start([.. WeirProcess.Command, "listen", "--config", config]);
        await listener.OutputHas($"unix://{_folder.File("s")}");

        await Clients.Socat($"UNIX-CONNECT:{_folder.File("s")}", string.Concat(Enumerable.Repeat("0123456\n", 1000)));
        await listener.SignalAsync("TERM");

        Assert.Equal(0, await listener.ExitAsync());
        Assert.Equal(
            ["log", "log.1", "log.2"], Directory.GetFiles(_folder.Path, "log*").Select(path => Path.GetFileName(path)).Order());
        Assert.Equal(1024, new FileInfo(Log + ".1").Length);
    }

    [Fact]
    public async Task WithoutAnAddress_TheConfigurationIsRefused_WithItsLine()
    {
        string config = _folder.File("collect.json");
        await File.WriteAllTextAsync(config, "{ \"to\": \"x\" }\n");

        Finished refused = await WeirProcess.Run("listen", "--config", config);

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal($"weir: {config}:1: socket_service_address is missing; add \"socket_service_address\": \"tcp://:3110\" here\n", refused.Errors);
    }

    public void Dispose() => _folder.Dispose();
}
