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

    private static readonly bool s_isFullRun = Environment.GetEnvironmentVariable("WEIR_TEST_FULL") is "1";

    /// <summary>Three restarts, or those of a hundred thousand connections.</summary>
    private static readonly int s_attempts = s_isFullRun ? 100_000 : 3 * AttemptsBetweenRestarts;

    [RequiresProgramFact("socat", "socat")]
    public async Task Restarts_WhileShortConnectionsAreMade_LoseNone()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["tcp4://127.0.0.1:0", $"unix://{folder.File("s")}", "--handover", folder.File("door")];
        List<WeirProcess> servers = [await WeirProcess.ServeAsync(arguments)];
        try
        {
            var load = new ShortConnections(servers[0].Addresses);
            load.Start();
            await using RunningProgram socat = RunningProgram.Shell(
                $"i=0; while [ $i -lt {SocatRuns} ]; do printf \"$i;\" | socat -t 60 - {servers[0].Socat} || echo failed; i=$((i+1)); done");
            for (int due = AttemptsBetweenRestarts; due <= s_attempts; due += AttemptsBetweenRestarts)
            {
                await load.Until(due);
                servers.Add(await WeirProcess.ServeAsync(arguments));
                await HandedOver(servers[^2], servers[^1]);
            }

            await load.Until(s_attempts);
            await load.StopAsync();
            Assert.Equal(0, await socat.ExitAsync());

            output.WriteLine($"{load.Attempts} connections, {load.Failures.Count} failed, {servers.Count - 1} restarts");
            Assert.Empty(load.Failures);
            Assert.Equal(string.Concat(Enumerable.Range(0, SocatRuns).Select(i => $"{i};")), socat.Output);
            Assert.Equal(0, await servers[^1].StopAsync());
            Assert.Equal(load.Attempts + SocatRuns, servers.Sum(server => server.Events("stopped")[0].GetProperty("accepted").GetInt64()));
            Assert.All(servers, server => Assert.Equal("", server.Program.Errors));
            Assert.False(File.Exists(folder.File("s")));
            Assert.False(File.Exists(folder.File("door")));
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
        JsonElement handed = Assert.Single(old.Events("handedOver"));
        Assert.Equal((next.Program.Id, 2), (handed.GetProperty("processId").GetInt32(), handed.GetProperty("listeners").GetInt32()));
        JsonElement took = Assert.Single(next.Events("tookOver"));
        Assert.Equal((old.Program.Id, 2), (took.GetProperty("processId").GetInt32(), took.GetProperty("listeners").GetInt32()));
    }
}
