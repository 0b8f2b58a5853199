using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

public sealed class EchoTests(EchoServer echo) : IClassFixture<EchoServer>
{
    [RequiresProgramFact("socat", "socat")]
    public async Task Socat_GetsItsBytesBack_OnEveryKindOfAddress()
    {
        foreach (string address in echo.Server.Addresses)
            Assert.Equal($"hello {address}", (await Clients.Socat(WeirProcess.SocatOf(address), $"hello {address}")).Output);
    }

    [RequiresProgramFact("ncat", "ncat")]
    public async Task Ncat_GetsItsBytesBack_OverTcpAndAUnixPath()
    {
        Assert.Equal("four", (await Clients.Ncat("127.0.0.1", $"{echo.Server.Port}", "four")).Output);
        Assert.Equal("six", (await Clients.Ncat("::1", $"{WeirProcess.PortOf(echo.Server.Addresses[1])}", "six")).Output);
        Assert.Equal("path", (await Clients.NcatUnix(echo.Path, "path")).Output);
    }

    [RequiresProgramFact("curl", "curl")]
    public async Task Curl_SeesItsOwnRequest_OverTcpAndUnix()
    {
        await IsAnsweredWithItself("http://127.0.0.1:" + echo.Server.Port + "/four");
        await IsAnsweredWithItself("http://[::1]:" + WeirProcess.PortOf(echo.Server.Addresses[1]) + "/six");
        await IsAnsweredWithItself("--unix-socket", echo.Path, "http://weir/path");
        await IsAnsweredWithItself("--abstract-unix-socket", echo.AbstractName, "http://weir/abstract");
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task TwentyMegabytes_ComeBackUnchanged()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("bytes");
        await File.WriteAllBytesAsync(file, RandomBytes(20 * 1024 * 1024));

        foreach (string address in echo.Server.Addresses)
        {
            Finished compared = await new Run("sh", "-c", $"socat -t 60 - {WeirProcess.SocatOf(address)} < {file} | cmp - {file}").ToEnd();
            Assert.Equal("", compared.Succeeded().Output);
        }
    }

    // HTTP 0.9 has no header: what comes back is the page, until curl is told to end, for the handler never closes by itself.
    private static async Task IsAnsweredWithItself(params string[] arguments)
    {
        await using RunningProgram curl = RunningProgram.Start(["curl", "-sS", "-N", "--http0.9", .. arguments]);
        await curl.OutputHas("Accept: */*\r\n\r\n");
        Assert.StartsWith($"GET /{arguments[^1].Split('/')[^1]} HTTP/1.1\r\nHost: ", curl.Output, StringComparison.Ordinal);
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(Seed: 3110).NextBytes(bytes);
        return bytes;
    }
}
