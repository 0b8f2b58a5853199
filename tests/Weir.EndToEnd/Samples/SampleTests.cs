using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Samples;

/// <summary>The programs under samples/ do what their first lines say.</summary>
public sealed class SampleTests
{
    [RequiresProgramFact("socat", "socat")]
    public async Task MinimalServer_EchoesOneClientAfterTheOther()
    {
        await using RunningProgram server = SampleProgram.Start("MinimalServer", "0");
        string address = await SampleProgram.AddressOf(server);

        Assert.Equal("hello\n", (await Clients.Socat($"TCP4:{address}", "hello\n")).Output);
        Assert.Equal("again\n", (await Clients.Ncat(address.Split(':')[0], address.Split(':')[1], "again\n")).Output);
        await server.OutputHas("closed after 6 bytes\naccepted");
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task MicroLoop_AnswersSeveralClientsOnOneThread()
    {
        await using RunningProgram server = SampleProgram.Start("MicroLoop", "0");
        string address = await SampleProgram.AddressOf(server);
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
        await using RunningProgram server = SampleProgram.Start("MicroLoop", "0");
        using Peer peer = await Peer.ConnectAsync($"tcp://{await SampleProgram.AddressOf(server)}");
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
        await using RunningProgram server = SampleProgram.Start("LineServer", "tcp://127.0.0.1:0");
        string address = (await SampleProgram.AddressOf(server))["tcp://".Length..];

        Assert.Equal("> one\n> two\n", (await Clients.Socat($"TCP4:{address}", "one\ntwo\n")).Output);
        await server.SignalAsync("INT");
        Assert.Equal(0, await server.ExitAsync());
    }

    [RequiresProgramFact("curl", "curl")]
    public async Task MinimalApi_AnswersAndShowsItsSocket()
    {
        await using RunningProgram server = SampleProgram.Start("MinimalApi", "--urls=http://127.0.0.1:0");
        Uri url = await SampleProgram.UrlOf(server);

        Assert.Equal("hello\n", (await new Run("curl", "-s", $"{url}").ToEnd()).Succeeded().Output);
        string socket = (await new Run("curl", "-s", $"{url}socket").ToEnd()).Succeeded().Output;
        Assert.Matches("""^\{"rttUs":[1-9][0-9]*,"receivedBytes":[1-9][0-9]*,"sentBytes":0\}$""", socket);
        Assert.Contains("Weir carries the connections", server.Output, StringComparison.Ordinal);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task Chat_TellsEverybodyElse()
    {
        await using RunningProgram server = SampleProgram.Start("Chat", "--urls=http://127.0.0.1:0");
        Uri url = await SampleProgram.UrlOf(server);
        string address = $"TCP4:127.0.0.1:{url.Port}";
        await using RunningProgram first = RunningProgram.Start(["socat", "-", address]);
        await using RunningProgram second = RunningProgram.Start(["socat", "-", address]);

        // A guest hears nothing until he is in, so he asks again.
        await Eventually.True(() =>
        {
            _ = first.WriteAsync("is anybody there?\n");
            return second.Output.Contains("is anybody there?\n", StringComparison.Ordinal);
        });
        await second.WriteAsync("yes\n");

        await first.OutputHas("yes\n");
        Assert.DoesNotContain("anybody", first.Output, StringComparison.Ordinal);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task Chat_GoesOnWhenAGuestIsReset()
    {
        await using RunningProgram server = SampleProgram.Start("Chat", "--urls=http://127.0.0.1:0");
        Uri url = await SampleProgram.UrlOf(server);
        await using RunningProgram listener = RunningProgram.Start(["socat", "-", $"TCP4:127.0.0.1:{url.Port}"]);
        string everything = string.Concat(Enumerable.Range(0, 5_000).Select(number => $"line {number}\n"));

        using (Peer guest = await Peer.ConnectAsync($"tcp://127.0.0.1:{url.Port}"))
        {
            await Eventually.True(() =>
            {
                _ = guest.SendAsync("I am here\n");
                return listener.Output.Contains("I am here\n", StringComparison.Ordinal);
            });
            guest.ResetOnClose();
        }

        using Peer speaker = await Peer.ConnectAsync($"tcp://127.0.0.1:{url.Port}");
        await speaker.SendAsync(everything);

        await listener.OutputHas("line 4999\n");
        // What he had said more than once may come in between.
        Assert.Equal(everything, listener.Output.Replace("I am here\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }
}
