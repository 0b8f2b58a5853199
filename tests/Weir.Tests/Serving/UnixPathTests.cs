using System.Diagnostics;
using System.Text;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>The path of a server, where others have paths and locks too.</summary>
public sealed class UnixPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder.File("s");

    private ServerOptions Options => new()
    {
        Urls = [SocketUrl.Parse($"unix://{Socket}")],
    };

    // The number of a file is free for the next one as soon as nobody has it; a second link gives a new file the same one for certain.
    [Fact]
    public async Task ADisposeAfterTheStop_LeavesWhatHasThePathNow()
    {
        string other = _folder.File("other");
        await using (Server server = await Server.StartAsync(Options, StandardHandlers.Echo))
        {
            using var link = Process.Start("ln", [Socket, other]);
            await link.WaitForExitAsync();
            await server.StopAsync(Deadline.Generous).InTime();
            Assert.False(File.Exists(Socket));
            File.Move(other, Socket);
        }

        Assert.True(File.Exists(Socket));
    }

    [Fact]
    public async Task ADirectoryThatSomebodyKeepsLocked_HoldsNoStart()
    {
        using var directory = new SafeFd(Sys.Open(Encoding.UTF8.GetBytes(_folder.Path), O_RDONLY | O_CLOEXEC).Value);
        Assert.True(Sys.Lock(directory.Number, LOCK_EX).IsOk);

        await using Server server = await Task.Run(() => Server.StartAsync(Options, StandardHandlers.Echo)).InTime();

        Assert.True(File.Exists(Socket));
    }

    public void Dispose() => _folder.Dispose();
}
