using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.NineSchemes;

/// <summary><c>weir listen</c> on all nine at once: what socat says on each is in one file, line by line.</summary>
public sealed class ListenNineTests
{
    [RequiresProgramFact("socat", "socat")]
    public Task OnEpoll() => CollectsOn("epoll");

    [RequiresProgramFact("socat", "socat")]
    public Task OnUring() => CollectsOn("uring");

    [RequiresProgramFact("socat", "socat")]
    public Task OnPoll() => CollectsOn("poll");

    [RequiresProgramFact("socat", "socat")]
    public Task OnSelect() => CollectsOn("select");

    private static async Task CollectsOn(string engine)
    {
        using var folder = new TemporaryFolder();
        string log = folder.File("log");
        await using WeirProcess listener = await WeirProcess.ListenAsync([.. Nine.Urls(folder), "--to", log, "--engine", engine]);

        foreach (string address in listener.Addresses)
            await SocatClient.SayAsync(address, $"of {address}\nno newline");
        await listener.Program.Until(() => File.ReadAllLines(log).Length == 18, "all lines");

        Assert.Equal(0, await listener.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(log);
        Assert.Equal(
            listener.Addresses.Select(address => $"of {address}").Order(),
            lines.Where(line => line.StartsWith("of ", StringComparison.Ordinal)).Order());
        Assert.Equal(9, lines.Count(line => line == "no newline"));
        Assert.Empty(listener.Events("notice"));
    }
}
