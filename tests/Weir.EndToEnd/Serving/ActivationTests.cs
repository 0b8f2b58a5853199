using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>Listening sockets that another program opened: <c>fd://3</c>.</summary>
public sealed class ActivationTests
{
    // $^F: descriptors up to this number survive an exec.
    private const string ListenAndExec =
        "use Socket; $^F = 9; socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_LOOPBACK)) && listen(S, 16)"
        + " && fileno(S) == 3 && exec @ARGV or die $!";

    [RequiresProgramFact("perl", "perl-base")]
    public async Task AnInheritedTcpListener_Serves()
    {
        await using WeirProcess server = await WeirProcess.ServeThroughAsync(["perl", "-e", ListenAndExec, "--"], "fd://3");

        Assert.StartsWith("tcp://127.0.0.1:", server.Address, StringComparison.Ordinal);
        using Peer peer = await Peer.ConnectAsync(server.Address);
        await peer.SendAsync("inherited");
        Assert.Equal("inherited", await peer.ReceiveAsync(9));
        peer.Dispose();
        Assert.Equal(0, await server.StopAsync());
    }

    [RequiresProgramFact("systemd-socket-activate", "systemd")]
    public async Task SystemdActivation_Serves_AndLeavesThePathToItsOwner()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("activated.sock");
        await using RunningProgram server = RunningProgram.Start(
            ["systemd-socket-activate", $"--listen={path}", .. WeirProcess.Command, "serve", "--json", "fd://3"]);
        await Eventually.True(() => File.Exists(path));
        await Eventually.True(() => CanConnect(path));

        using Peer peer = await Peer.ConnectAsync($"unix://{path}");
        await peer.SendAsync("woken up");
        Assert.Equal("woken up", await peer.ReceiveAsync(8));
        peer.Dispose();
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitAsync());
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("fd://0", "ENOTSOCK")]
    [InlineData("fd://77", "EBADF")]
    public async Task ADescriptorThatIsNoListener_IsRefusedInOneLine(string url, string errno)
    {
        Finished refused = await WeirProcess.Run("serve", url);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(errno, Assert.Single(refused.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    // bind(2) creates the path, listen(2) comes a moment later.
    private static bool CanConnect(string path)
    {
        try
        {
            using Peer peer = Peer.ConnectAsync($"unix://{path}").GetAwaiter().GetResult();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
