using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Samples;

/// <summary>The programs under samples/ do what their first lines say.</summary>
public sealed class SampleTests
{
    [RequiresProgramFact("socat", "socat")]
    public async Task MinimalServer_EchoesOneClientAfterTheOther()
    {
        await using RunningProgram server = Start("MinimalServer");
        string address = await AddressOf(server);

        Assert.Equal("hello\n", (await Clients.Socat($"TCP4:{address}", "hello\n")).Output);
        Assert.Equal("again\n", (await Clients.Ncat(address.Split(':')[0], address.Split(':')[1], "again\n")).Output);
        await server.OutputHas("closed after 6 bytes\naccepted");
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task MicroLoop_AnswersSeveralClientsOnOneThread()
    {
        await using RunningProgram server = Start("MicroLoop");
        string address = await AddressOf(server);
        await using RunningProgram first = RunningProgram.Start(["socat", "-", $"TCP4:{address}"]);
        await using RunningProgram second = RunningProgram.Start(["socat", "-", $"TCP4:{address}"]);

        await first.WriteAsync("half a line");
        await second.WriteAsync("two\nlines\n");
        await second.OutputHas("TWO\nLINES\n");
        await first.WriteAsync(" and the rest\n");
        await first.OutputHas("HALF A LINE AND THE REST\n");
    }

    [Fact]
    public async Task MicroLoop_AnswersMoreThanTheKernelTakesAtOnce()
    {
        await using RunningProgram server = Start("MicroLoop");
        using Peer peer = await Peer.ConnectAsync($"tcp://{await AddressOf(server)}");
        string lines = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"line {number}\n"));

        Task sending = Task.Run(() => peer.SendAsync(lines));
        string answer = await peer.ReceiveAsync(lines.Length);
        await sending;

        string capitals = lines.ToUpperInvariant();
        Assert.True(answer == capitals, "every line comes back in capitals");
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task LineServer_QuotesEachLine_AndStopsInOrder()
    {
        await using RunningProgram server = Start("LineServer", "tcp://127.0.0.1:0");
        string address = (await AddressOf(server))["tcp://".Length..];

        Assert.Equal("> one\n> two\n", (await Clients.Socat($"TCP4:{address}", "one\ntwo\n")).Output);
        await server.SignalAsync("INT");
        Assert.Equal(0, await server.ExitAsync());
    }

    private static RunningProgram Start(string sample, string where = "0") =>
        RunningProgram.Start(["dotnet", Repository.At("artifacts", "bin", sample, "release", $"{sample}.dll"), where]);

    private static async Task<string> AddressOf(RunningProgram server)
    {
        await server.OutputHas("\n");
        return server.Output.Split('\n')[0]["listening on ".Length..];
    }
}
