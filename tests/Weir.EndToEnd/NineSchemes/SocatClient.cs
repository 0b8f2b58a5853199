using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.NineSchemes;

/// <summary>socat as a client of any of the nine: says a line, waits for the answer, ends.</summary>
internal static class SocatClient
{
    /// <param name="address">A URL of ours.</param>
    /// <param name="question">One line, without its end.</param>
    /// <param name="answer">The line that has to come back, and nothing else.</param>
    /// <param name="folder">For the path of its own that a client of unix datagrams needs to be answered.</param>
    public static async Task AskAsync(string address, string question, string answer, TemporaryFolder folder)
    {
        string own = address.StartsWith("unixgram:", StringComparison.Ordinal) ? $",bind={folder.File($"client-{Guid.NewGuid():N}")}" : "";
        // Datagrams have no end that could be waited for: what was to come has come.
        await using RunningProgram client = RunningProgram.Start(["socat", "-t", "0.01", "-", WeirProcess.SocatOf(address) + own]);
        await client.WriteAsync(question + "\n");
        await client.OutputHas("\n");
        client.EndInput();
        Assert.Equal((0, answer + "\n"), (await client.ExitAsync(), client.Output));
    }

    /// <summary>Says this and ends, as one does towards a collector.</summary>
    public static async Task SayAsync(string address, string text) =>
        (await new Run("socat", "-u", "-", WeirProcess.SocatOf(address)) { Input = text }.ToEnd()).Succeeded();
}
