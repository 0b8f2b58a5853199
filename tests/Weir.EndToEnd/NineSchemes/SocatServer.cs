using System.Text.RegularExpressions;
using Weir.Testing;

namespace Weir.EndToEnd.NineSchemes;

/// <summary>socat as a server of any of the nine: its sed answers a ping with a pong.</summary>
internal sealed partial class SocatServer : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private SocatServer(RunningProgram program, string url) => (_program, Url) = (program, url);

    /// <summary>Where it is, as a URL of ours.</summary>
    public string Url { get; }

    public static async Task<SocatServer> StartAsync(string scheme, TemporaryFolder folder)
    {
        string path = folder.File($"socat-{scheme}.sock");
        string listen = scheme switch
        {
            "tcp" or "tcp4" => "TCP4-LISTEN:0,bind=127.0.0.1",
            "tcp6" => "TCP6-LISTEN:0,bind=[::1]",
            "udp" or "udp4" => "UDP4-LISTEN:0,bind=127.0.0.1",
            "udp6" => "UDP6-LISTEN:0,bind=[::1]",
            "unixgram" => $"UNIX-RECVFROM:{path}",
            "unixpacket" => $"UNIX-LISTEN:{path},socktype=5",
            _ => $"UNIX-LISTEN:{path}",
        };
        RunningProgram program = RunningProgram.Start(["socat", "-d", "-d", $"{listen},fork", "EXEC:sed -u s/ping/pong/"]);
        await program.Until(() => Place().IsMatch(program.Errors), "its address");
        string port = Place().Match(program.Errors).Groups["port"].Value;
        return new SocatServer(program, Nine.Url(scheme, path).Replace(":0", $":{port}", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    [GeneratedRegex("""(listening|receiving) on (UDP )?AF=\d+ (".*"|.*:(?<port>\d+))\n""")]
    private static partial Regex Place();
}
