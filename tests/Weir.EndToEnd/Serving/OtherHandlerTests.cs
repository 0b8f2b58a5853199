using System.Globalization;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

public sealed class DiscardTests(DiscardServer discard) : IClassFixture<DiscardServer>
{
    [RequiresProgramFact("socat", "socat")]
    public async Task Socat_GetsNothing_AndTheEndAfterItsOwn()
    {
        foreach (string address in discard.Server.Addresses)
            Assert.Equal("", (await Clients.Socat(WeirProcess.SocatOf(address), "into the void")).Output);
    }

    [RequiresProgramFact("ncat", "ncat")]
    public async Task Ncat_GetsNothing_AndTheEndAfterItsOwn()
    {
        Assert.Equal("", (await Clients.Ncat("127.0.0.1", $"{discard.Server.Port}", "into the void")).Output);
        Assert.Equal("", (await Clients.NcatUnix(discard.Path, "into the void")).Output);
    }
}

public sealed class ChargenTests(ChargenServer chargen) : IClassFixture<ChargenServer>
{
    private const string FirstLine = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n";
    private const string SecondLine = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n";

    [RequiresProgramFact("socat", "socat")]
    public async Task Socat_ReadsLinesThatShift_OnEveryKindOfAddress()
    {
        foreach (string address in chargen.Server.Addresses)
            await GivesLines($"socat -u {WeirProcess.SocatOf(address)} -");
    }

    [RequiresProgramFact("curl", "curl")]
    public async Task Curl_ReadsLinesThatShift()
    {
        await GivesLines($"curl -sN --http0.9 http://127.0.0.1:{chargen.Server.Port}/");
        await GivesLines($"curl -sN --http0.9 --unix-socket {chargen.Path} http://weir/");
    }

    private static async Task GivesLines(string client) =>
        Assert.Equal(FirstLine + SecondLine, (await new Run("sh", "-c", $"{client} 2>/dev/null | head -c 148").ToEnd()).Succeeded().Output);
}

public sealed class DaytimeTests(DaytimeServer daytime) : IClassFixture<DaytimeServer>
{
    [RequiresProgramFact("socat", "socat")]
    public async Task Socat_GetsTheTime_OnEveryKindOfAddress()
    {
        foreach (string address in daytime.Server.Addresses)
            IsNow((await new Run("socat", "-u", WeirProcess.SocatOf(address), "-").ToEnd()).Succeeded().Output);
    }

    [RequiresProgramFact("ncat", "ncat")]
    public async Task Ncat_GetsTheTime() => IsNow((await Clients.Ncat("::1", $"{WeirProcess.PortOf(daytime.Server.Addresses[1])}", "")).Output);

    [RequiresProgramFact("curl", "curl")]
    public async Task Curl_GetsTheTime_AlthoughItSentARequestThatNobodyReads()
    {
        IsNow((await Clients.Curl($"http://127.0.0.1:{daytime.Server.Port}/").ToEnd()).Succeeded().Output);
        IsNow((await Clients.Curl("--unix-socket", daytime.Path, "http://weir/").ToEnd()).Succeeded().Output);
        IsNow((await Clients.Curl("--abstract-unix-socket", daytime.AbstractName, "http://weir/").ToEnd()).Succeeded().Output);
    }

    private static void IsNow(string line)
    {
        Assert.EndsWith("\r\n", line, StringComparison.Ordinal);
        DateTimeOffset time = DateTimeOffset.ParseExact(line.TrimEnd(), "dddd, MMMM d, yyyy HH:mm:sszzz", CultureInfo.InvariantCulture);
        Assert.InRange(time, TimeProvider.System.GetUtcNow() - Deadline.Generous, TimeProvider.System.GetUtcNow());
    }
}
