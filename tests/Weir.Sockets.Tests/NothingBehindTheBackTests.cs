using System.Text.RegularExpressions;
using Weir.Testing;
using static System.StringComparison;

namespace Weir.Sockets.Tests;

public sealed partial class NothingBehindTheBackTests
{
    /// <summary>strace(1) sees each call that is about sockets or sets a descriptor's flags: there is no other than those made.</summary>
    [RequiresCommandFact("strace -f -qq -o /dev/null true", "strace")]
    public async Task Methods_MakeTheirOwnCallAndNoOther()
    {
        using var folder = new TemporaryFolder();
        string trace = folder.File("trace");

        await Probe.Under("strace", ["-f", "-qq", "-e", "trace=%network,fcntl,ioctl", "-o", trace], "serve");

        IEnumerable<string> all = File.ReadLines(trace).Select(line => Call().Match(line).Value);
        string[] calls = [.. all.SkipWhile(call => !call.StartsWith("socket", Ordinal))];
        string[] ofOneConnection =
            ["socket", "bind", "listen", "socket", "getsockname", "connect", "accept4", "sendto", "recvfrom", "shutdown"];
        Assert.Equal([.. ofOneConnection, .. ofOneConnection], calls.Select(call => call.Split('(')[0]));
        Assert.All(Named(calls, "socket"), call => Assert.Contains(" SOCK_STREAM|SOCK_CLOEXEC, ", call, Ordinal));
        Assert.All(Named(calls, "accept4"), call => Assert.Contains(", NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK)", call, Ordinal));
        Assert.All(Named(calls, "sendto"), call => Assert.Contains(", \"x\", 1, MSG_NOSIGNAL, NULL, 0)", call, Ordinal));
    }

    private static IEnumerable<string> Named(string[] calls, string name) => calls.Where(call => call.StartsWith($"{name}(", Ordinal));

    [GeneratedRegex("""(?<=^\d+ +)[a-z].*""", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
