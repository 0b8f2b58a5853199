using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.NineSchemes;

/// <summary><c>weir serve</c> on all nine at once: socat gets its line back from each.</summary>
public sealed class ServeNineTests
{
    [RequiresProgramFact("socat", "socat")]
    public Task OnEpoll() => EchoesOn("epoll");

    [RequiresProgramFact("socat", "socat")]
    public Task OnUring() => EchoesOn("uring");

    [RequiresProgramFact("socat", "socat")]
    public Task OnPoll() => EchoesOn("poll");

    [RequiresProgramFact("socat", "socat")]
    public Task OnSelect() => EchoesOn("select");

    private static async Task EchoesOn(string engine)
    {
        using var folder = new TemporaryFolder();
        await using WeirProcess server = await WeirProcess.ServeAsync(["--engine", engine, .. Nine.Urls(folder)]);

        foreach (string address in server.Addresses)
            await SocatClient.AskAsync(address, $"hello {address}", $"hello {address}", folder);

        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(Nine.Schemes, server.Addresses.Select(address => address.Split(':')[0]));
        Assert.Empty(server.Events("notice"));
        Assert.Equal("", server.Program.Errors);
    }
}
