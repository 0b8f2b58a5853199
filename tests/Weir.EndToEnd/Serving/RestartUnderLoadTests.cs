using System.Text.Json;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.EndToEnd.Serving;

/// <summary>The same command line again and again while clients come and go: nobody is refused, reset or left without an answer.</summary>
public sealed class RestartUnderLoadTests(ITestOutputHelper output)
{
    private const int AttemptsBetweenRestarts = 1500;
    private const int SocatRuns = 30;

    /// <summary>Three restarts, or those of a hundred thousand connections.</summary>
    private static readonly int s_attempts = FullRun.IsOn ? 100_000 : 3 * AttemptsBetweenRestarts;

    [RequiresProgramFact("socat", "socat")]
    public async Task OfServe_LoseNobody()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["tcp4://127.0.0.1:0", $"unix://{folder.File("s")}", "--handover", folder.File("door")];
        await RestartAsync(() => WeirProcess.ServeAsync(arguments), s_attempts);
        Assert.False(File.Exists(folder.File("s")));
        Assert.False(File.Exists(folder.File("door")));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task OfRelay_LoseNobody()
    {
        using var folder = new TemporaryFolder();
        await using WeirProcess echo = await WeirProcess.ServeAsync($"unix://{folder.File("echo")}");
        string[] arguments = ["tcp4://127.0.0.1:0", echo.Address, "--handover", folder.File("door")];
        await RestartAsync(() => WeirProcess.RelayAsync(arguments), 2 * AttemptsBetweenRestarts);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task OfListen_WriteEveryLineOnce()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["tcp4://127.0.0.1:0", "--to", folder.File("log"), "--handover", folder.File("door")];
        await using WeirProcess first = await WeirProcess.ListenAsync(arguments);
        await using RunningProgram socat = RunningProgram.Shell(
            $"i=0; while [ $i -lt {SocatRuns} ]; do echo \"line $i\" | socat -u - {first.Socat} || echo failed; echo; i=$((i+1)); done");
        await socat.Until(() => socat.Output.Length > SocatRuns / 3, "a third of the lines");

        await using WeirProcess second = await WeirProcess.ListenAsync(arguments);

        await HandedOver(first, second);
        Assert.Equal(0, await socat.ExitAsync());
        Assert.Equal(0, await second.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(folder.File("log"));
        Assert.Equal(Enumerable.Range(0, SocatRuns).Select(i => $"line {i}").Order(), lines.Order());
        Assert.DoesNotContain("failed", socat.Output, StringComparison.Ordinal);
    }

    private async Task RestartAsync(Func<Task<WeirProcess>> start, int attempts)
    {
        List<WeirProcess> servers = [await start()];
        try
        {
            var load = new ShortConnections(servers[0].Addresses);
            load.Start();
            await using RunningProgram socat = RunningProgram.Shell(
                $"i=0; while [ $i -lt {SocatRuns} ]; do printf \"$i;\" | socat -t 60 - {servers[0].Socat} || echo failed; i=$((i+1)); done");
            for (int due = AttemptsBetweenRestarts; due <= attempts; due += AttemptsBetweenRestarts)
            {
                await load.Until(due);
                servers.Add(await start());
                await HandedOver(servers[^2], servers[^1]);
            }

            await load.Until(attempts);
            await load.StopAsync();
            Assert.Equal(0, await socat.ExitAsync());

            output.WriteLine($"{load.Attempts} connections, {load.Failures.Count} failed, {servers.Count - 1} restarts");
            Assert.Empty(load.Failures);
            Assert.Equal(string.Concat(Enumerable.Range(0, SocatRuns).Select(i => $"{i};")), socat.Output);
            Assert.Equal(0, await servers[^1].StopAsync());
            Assert.Equal(load.Attempts + SocatRuns, servers.Sum(server => server.Events("stopped")[0].GetProperty("accepted").GetInt64()));
            Assert.All(servers, server => Assert.Equal("", server.Program.Errors));
        }
        finally
        {
            foreach (WeirProcess server in servers)
                await server.DisposeAsync();
        }
    }

    private static async Task HandedOver(WeirProcess old, WeirProcess next)
    {
        Assert.Equal(old.Addresses, next.Addresses);
        Assert.Equal(0, await old.Program.ExitAsync());
        AssertPeer(next.Program, Assert.Single(old.Events("handedOver")), old.Addresses.Length);
        AssertPeer(old.Program, Assert.Single(next.Events("tookOver")), old.Addresses.Length);
    }

    private static void AssertPeer(RunningProgram peer, JsonElement line, int listeners) =>
        Assert.Equal((peer.Id, listeners), (line.GetProperty("processId").GetInt32(), line.GetProperty("listeners").GetInt32()));
}
