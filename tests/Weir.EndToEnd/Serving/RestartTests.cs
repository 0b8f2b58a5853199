using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary><c>--handover</c>: the same command line twice, and what can go wrong between the two.</summary>
public sealed class RestartTests : IDisposable
{
    private const string ListenAndExec =
        "use Socket; $^F = 9; socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_LOOPBACK)) && listen(S, 16)"
        + " && fileno(S) == 3 && exec @ARGV or die $!";

    private readonly TemporaryFolder _folder = new();

    private string Door => _folder.File("door");

    private string SocketUrl => $"unix://{_folder.File("s")}";

    [Fact]
    public async Task Text_NamesTheOtherProcess_AndWhatRemains()
    {
        await using RunningProgram first = RunningProgram.Start([.. WeirProcess.Command, "serve", SocketUrl, "--handover", Door]);
        await first.OutputHas("Ctrl-C drains and ends");
        using Peer peer = await Peer.ConnectAsync(SocketUrl);
        await Echo(peer);

        await using RunningProgram second = RunningProgram.Start([.. WeirProcess.Command, "serve", SocketUrl, "--handover", Door]);

        await second.OutputHas($"took over 1 listener from process {first.Id}\nlistening on {SocketUrl} ");
        await first.OutputHas($"handed 1 listener to process {second.Id}; draining 1 connection\n");
        await Echo(peer);
        peer.Dispose();
        Assert.Equal(0, await first.ExitAsync());
        Assert.EndsWith("served 1 connection, 10 B in, 10 B out\n", first.Output, StringComparison.Ordinal);
        using Peer other = await Peer.ConnectAsync(SocketUrl);
        await Echo(other);
    }

    [Fact]
    public async Task ASignalAfterTheHandOver_EndsTheConnectionsThatRunOn()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync(SocketUrl, "--handover", Door, "--drain-timeout", "1000");
        using Peer peer = await Peer.ConnectAsync(SocketUrl);
        await Echo(peer);
        await using WeirProcess second = await WeirProcess.ServeAsync(SocketUrl, "--handover", Door);
        await first.UntilEvent("handedOver");

        await first.Program.SignalAsync("TERM");

        Assert.Equal("", await peer.ReceiveAsync(1));
        peer.Dispose();
        Assert.Equal(0, await first.Program.ExitAsync());
    }

    // After it took the sockets a new process listens on what only it was asked for: there it dies. The runtime's diagnostics would listen before.
    [RequiresCommandFact("strace -f -qq -e trace=listen -e inject=listen:signal=KILL -o /dev/null true", "strace")]
    public async Task ANewProcessThatIsKilledInTheMiddle_LeavesTheOldOneServing()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", SocketUrl, "--handover", Door);
        await using RunningProgram killed = RunningProgram.Start(
            ["strace", "-f", "-qq", "-e", "trace=listen", "-e", "inject=listen:signal=KILL", "-o", "/dev/null",
            "env", "DOTNET_EnableDiagnostics=0", .. WeirProcess.Command, "serve", "tcp4://127.0.0.1:0", SocketUrl, $"unix://{_folder.File("new")}", "--handover", Door]);
        Assert.NotEqual(0, await killed.ExitAsync());
        await first.UntilEvent("notice");
        Assert.Contains("it ended before it served; this process goes on", first.Program.Output, StringComparison.Ordinal);
        foreach (string address in first.Addresses)
        {
            using Peer peer = await Peer.ConnectAsync(address);
            await Echo(peer);
        }

        await using WeirProcess second = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", SocketUrl, "--handover", Door);
        Assert.Equal(first.Addresses, second.Addresses);
        Assert.Equal(0, await first.Program.ExitAsync());
    }

    [RequiresProgramFact("perl", "perl-base")]
    public async Task AnInheritedListener_IsHandedOverToo()
    {
        await using WeirProcess first = await WeirProcess.ServeThroughAsync(["perl", "-e", ListenAndExec, "--"], "fd://3", "--handover", Door);

        await using WeirProcess second = await WeirProcess.ServeAsync("fd://3", "--handover", Door);

        Assert.Equal(0, await first.Program.ExitAsync());
        Assert.Equal(first.Address, second.Address);
        using Peer peer = await Peer.ConnectAsync(second.Address);
        await Echo(peer);
    }

    [RequiresOtherUserFact]
    public async Task AnotherUser_GetsNothing()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync(SocketUrl, "--handover", Door);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)Convert.ToInt32("755", fromBase: 8));
        string[] command = [.. RequiresOtherUserFactAttribute.Starter, .. WeirProcess.Command, "serve", SocketUrl, "--handover", Door];

        Finished kept = await new Run(command[0], command[1..]).ToEnd();
        Assert.Equal(2, kept.ExitCode);
        Assert.Contains($"weir: connect unixpacket://{Door}: EACCES; ", kept.Errors, StringComparison.Ordinal);

        File.SetUnixFileMode(Door, (UnixFileMode)Convert.ToInt32("666", fromBase: 8));
        Finished refused = await new Run(command[0], command[1..]).ToEnd();
        Assert.Equal(
            $"weir: handover unixpacket://{Door}: EPERM; the other process is another user's; listeners go to the same user or to root only\n",
            refused.Errors);
        Assert.Equal(2, refused.ExitCode);
        await first.UntilEvent("notice");
        Assert.Contains(" of user 65534: refused, EPERM; this process goes on", first.Program.Output, StringComparison.Ordinal);
        using Peer peer = await Peer.ConnectAsync(SocketUrl);
        await Echo(peer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a/path/that/is/longer/than/the/107/bytes/of/a/unix/socket/0123456789/0123456789/0123456789/0123456789/0123456789")]
    public async Task APathThatNoSocketCanHave_IsAUsageError(string path)
    {
        Finished refused = await WeirProcess.Run("serve", SocketUrl, "--handover", path);

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("weir: --handover", Assert.Single(refused.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("s")));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task Echo(Peer peer)
    {
        await peer.SendAsync("hello");
        Assert.Equal("hello", await peer.ReceiveAsync(5));
    }
}

/// <summary>A fact that is skipped, with the reason, where the program cannot be run as somebody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresOtherUserFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_isPossible = new(() =>
        new Run(Starter[0], [.. Starter[1..], .. WeirProcess.Command, "--version"]).ToEnd().GetAwaiter().GetResult().ExitCode == 0);

    public RequiresOtherUserFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root, to run as another user";
        else if (Run.Find("setpriv") is null)
            Skip = "needs setpriv (apt install util-linux)";
        else if (!s_isPossible.Value)
            Skip = "needs a repository that other users may read";
    }

    /// <summary>Words that start a command as nobody.</summary>
    public static string[] Starter => ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
}
