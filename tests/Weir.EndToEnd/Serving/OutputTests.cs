using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>What <c>weir serve</c> prints, for people and for programs.</summary>
public sealed partial class OutputTests
{
    private const char Escape = '\u001b';

    [RequiresNetworkNamespaceFact]
    public async Task WithoutAUrl_EveryListenerComesWithACommandThatWorks()
    {
        await using RunningProgram server = RunningProgram.Start([.. NetworkNamespace.Starter, .. WeirProcess.Command, "serve"]);
        await server.OutputHas("Ctrl-C drains and ends\n");
        string[] commands = [.. TryCommand().Matches(server.Output).Select(match => match.Value)];

        Assert.Contains("socat - TCP4:127.0.0.1:3110", commands);
        Assert.Contains("socat - UDP6:[::1]:3116", commands);
        string[] kinds = [.. ListeningOn().Matches(server.Output).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(["tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket"], kinds);
        string path = commands.First(command => command.Contains("UNIX-CONNECT:"))["socat - UNIX-CONNECT:".Length..];
        Assert.Equal(Convert.ToInt32("700", fromBase: 8), (int)File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        foreach (string command in commands)
        {
            // The path that a client of unix datagrams binds to is its own affair.
            string own = command.Replace("/tmp/try.sock", $"{path}.try", StringComparison.Ordinal);
            await using RunningProgram client = RunningProgram.Start([.. NetworkNamespace.Enter(server.Id), "sh", "-c", own]);
            await client.WriteAsync("does it work?\n");
            await client.OutputHas("does it work?\n");
            client.EndInput();
            Assert.Equal(0, await client.ExitAsync());
        }

        await server.SignalAsync("INT");
        Assert.Equal(0, await server.ExitAsync());
        int connections = commands.Count(command => command.Contains("TCP") || command.Contains("UNIX-CONNECT"));
        Assert.Contains($"served {connections} connections, {14 * commands.Length} B in, {14 * commands.Length} B out\n", server.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task EveryKindOfAddress_ComesWithACommandThatWorks()
    {
        using var folder = new TemporaryFolder();
        string path = $"unix://{folder.File("it's,a%20name!")}";
        string[] urls = ["tcp4://:0", "tcp6://:0", "tcp://localhost:0", path, $"unix://@weir-try-{Environment.ProcessId}"];
        await using RunningProgram server = RunningProgram.Start([.. WeirProcess.Command, "serve", .. urls]);
        await server.OutputHas("Ctrl-C drains and ends\n");

        string[] commands = [.. TryCommand().Matches(server.Output).Select(match => match.Value)];

        Assert.Equal(urls.Length, commands.Length);
        foreach (string command in commands)
        {
            await using RunningProgram client = RunningProgram.Shell(command);
            await client.WriteAsync("does it work?\n");
            await client.OutputHas("does it work?\n");
        }
    }

    [Fact]
    public async Task Json_IsOneObjectPerLine_WithTheDocumentedKeys()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "tcp6://[::1]:0");
        using Peer peer = await Peer.ConnectAsync(server.Address);
        await peer.SendAsync("12345");
        Assert.Equal("12345", await peer.ReceiveAsync(5));
        await server.Program.Until(
            () => server.Events("status").Any(line => line.GetProperty("receivedBytesPerSecond").GetDouble() > 0), "a status with a rate");
        peer.Dispose();
        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(["event", "address", "url", "engine"], Keys(server.Events("listening")[0]));
        Assert.Equal("tcp4://127.0.0.1:0", server.Events("listening")[0].GetProperty("url").GetString());
        Assert.Equal(
            [
                "event", "connections", "accepted", "acceptedPerSecond", "receivedBytesPerSecond", "sentBytesPerSecond", "bufferedBytes",
                "droppedDatagrams", "cutMessages",
            ],
            Keys(server.Events("status")[0]));
        Assert.Equal(["event", "connections", "limitSeconds"], Keys(Assert.Single(server.Events("draining"))));
        Assert.Equal(
            ["event", "accepted", "receivedBytes", "sentBytes", "droppedDatagrams", "cutMessages", "aborted"], Keys(Assert.Single(server.Events("stopped"))));
    }

    [RequiresNetworkNamespaceFact]
    public async Task WithoutAUrlAndWithoutIPv6_TheOthersAreListenedOn_AndNobodyMissesTheFolder()
    {
        // An interface that is up without an address of IPv6, as in a container.
        string[] starter = ["unshare", "-Urn", "sh", "-c", "ip link set lo up; ip -6 addr flush dev lo; exec \"$@\"", "sh"];
        await using RunningProgram server = RunningProgram.Start([.. starter, .. WeirProcess.Command, "serve"]);
        await server.OutputHas("Ctrl-C drains and ends\n");
        Assert.DoesNotContain("tcp6", server.Output, StringComparison.Ordinal);
        string path = TryCommand().Matches(server.Output).Select(match => match.Value).First(command => command.Contains("UNIX-CONNECT:"))["socat - UNIX-CONNECT:".Length..];
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        await server.SignalAsync("TERM");

        Assert.Equal(0, await server.ExitAsync());
        Assert.Equal("", server.Errors);
    }

    [Fact]
    public async Task Json_WhenItsReaderHasGone_EndsQuietly()
    {
        string script = $"{{ {WeirProcess.InShell} serve --json tcp4://127.0.0.1:0; echo exit $? >&2; }} | head -n 1";

        await using RunningProgram shell = RunningProgram.Shell(script);

        Assert.Equal(0, await shell.ExitAsync());
        Assert.Contains("\"listening\"", shell.Output, StringComparison.Ordinal);
        Assert.Equal("exit 0\n", shell.Errors);
    }

    [RequiresProgramFact("script", "bsdutils")]
    public async Task TheStatusLine_IsForTerminalsOnly()
    {
        await using RunningProgram piped = RunningProgram.Start([.. WeirProcess.Command, "serve", "tcp4://127.0.0.1:0"]);
        await piped.OutputHas("listening on");

        // exec: a shell that waits would die of the Ctrl-C itself.
        string serve = $"exec {WeirProcess.InShell} serve tcp4://127.0.0.1:0";
        await using RunningProgram terminal = RunningProgram.Start(["script", "-qefc", serve, "/dev/null"]);
        await terminal.OutputHas("0 connections (+0/s)   in 0 B/s   out 0 B/s   buffered 0 B");
        await terminal.WriteAsync("\u0003");
        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Contains($"\r{Escape}[Kserved 0 connections, 0 B in, 0 B out\r\n", terminal.Output, StringComparison.Ordinal);

        await piped.SignalAsync("TERM");
        Assert.Equal(0, await piped.ExitAsync());
        Assert.DoesNotContain(Escape, piped.Output);
        Assert.DoesNotContain("buffered", piped.Output, StringComparison.Ordinal);
    }

    private static string[] Keys(JsonElement line) => [.. line.EnumerateObject().Select(property => property.Name)];

    [GeneratedRegex(@"listening on (\w+)://")]
    private static partial Regex ListeningOn();

    [GeneratedRegex("(?<=try: ).*$", RegexOptions.Multiline)]
    private static partial Regex TryCommand();
}
