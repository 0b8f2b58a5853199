using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Usage;

/// <summary>What cannot work is said in one line, which names what, why and what to try, with exit code 2.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("srve", "unknown command 'srve'; did you mean serve?")]
    [InlineData("serve --jsn", "unknown option '--jsn'; did you mean --json?")]
    [InlineData("serve --loops many", "--loops many: expected a whole number from 0 to 1024")]
    [InlineData("serve --drain-timeout -5", "--drain-timeout -5: expected seconds from 0 to 2592000")]
    [InlineData("connect", "connect: the URL is missing; see 'weir connect --help'")]
    [InlineData("serve localhost:80", "localhost:80: there is no scheme; expected a scheme, such as tcp://localhost:80")]
    [InlineData("serve tcp://:99999", "tcp://:99999: port 99999 is out of range; expected 0 to 65535")]
    [InlineData(
        "serve tcp://:0?colour=red",
        "tcp://:0?colour=red: unknown option 'colour'; expected one of backlog, reuseaddr, sndbuf, rcvbuf, keepalive, "
        + "linger, reuseport, nodelay, cork, keepidle, keepintvl, keepcnt, defer_accept, quickack, usertimeout, v6only")]
    [InlineData(
        "serve tcp://192.0.2.1:0",
        "bind tcp://192.0.2.1:0: EADDRNOTAVAIL; this machine has no such address; 'ip address' shows those it has")]
    [InlineData(
        "serve unix:///no/such/folder/x",
        "bind unix:///no/such/folder/x: ENOENT; the directory of the path does not exist; create it first")]
    [InlineData(
        "connect tcp://no-such-host.invalid:1",
        "resolve tcp://no-such-host.invalid:1: no address is known for 'no-such-host.invalid'; check the spelling, the scheme and /etc/hosts")]
    [InlineData(
        "relay unix://@weir-own-backend unix://@weir-own-backend",
        "unix://@weir-own-backend is this relay itself, which listens on unix://@weir-own-backend; every connection would come back to it")]
    public async Task EachMistake_IsOneLine(string arguments, string line)
    {
        Finished refused = await WeirProcess.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal($"weir: {line}\n", refused.Errors);
        Assert.Equal("", refused.Output);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public async Task Serve_WithoutATemporaryFolder_IsOneLine()
    {
        var serve = new Run(WeirProcess.Command[0], WeirProcess.Command[1], "serve") { Environment = { ["TMPDIR"] = "/no/such/folder" } };

        Finished refused = await serve.ToEnd();

        Assert.Equal(
            "weir: no folder for the unix socket can be made in /no/such/folder/; set TMPDIR to one that you may write to, or name the "
            + "URLs\n",
            refused.Errors);
        Assert.Equal(2, refused.ExitCode);
    }

    [RequiresPrivilegedPortsFact]
    public async Task APortBelow1024_WithoutTheRight_IsOneLine()
    {
        // Also root has no right that is not in the bounding set.
        string[] withoutRights = !Environment.IsPrivilegedProcess
            ? []
            : ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"];
        string[] command = [.. withoutRights, .. WeirProcess.Command, "serve", "tcp://127.0.0.1:80"];

        Finished refused = await new Run(command[0], command[1..]).ToEnd();

        Assert.Equal(
            "weir: bind tcp://127.0.0.1:80: EACCES; ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one, or see "
            + "net.ipv4.ip_unprivileged_port_start\n",
            refused.Errors);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public async Task WhenOneOfSeveralUrlsFails_NoneListens()
    {
        using var folder = new TemporaryFolder();

        Finished refused = await WeirProcess.Run("serve", $"unix://{folder.File("first")}", "tcp://192.0.2.1:0");

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("", refused.Output);
        Assert.False(File.Exists(folder.File("first")));
    }
}

/// <summary>A fact that is skipped, with the reason, where everybody may bind port 80.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresPrivilegedPortsFactAttribute : FactAttribute
{
    private const string Setting = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

    public RequiresPrivilegedPortsFactAttribute()
    {
        if (int.Parse(File.ReadAllText(Setting)) <= 80)
            Skip = "needs ports below 1024 to be privileged (sysctl net.ipv4.ip_unprivileged_port_start)";
        else if (Environment.IsPrivilegedProcess && Run.Find("setpriv") is null)
            Skip = "needs setpriv (apt install util-linux)";
    }
}
