using System.Net.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>What becomes of the path of a unix socket.</summary>
public sealed class UnixPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder.File("weir.sock");

    private string Url => $"unix://{Socket}";

    [Fact]
    public async Task APathThatADeadServerLeft_IsReplaced_AndRemovedAtTheEnd()
    {
        await using (WeirProcess killed = await WeirProcess.ServeAsync(Url))
        {
            await killed.Program.SignalAsync("KILL");
            await killed.Program.ExitAsync();
        }

        Assert.True(File.Exists(Socket));
        await using WeirProcess server = await WeirProcess.ServeAsync(Url);
        using (Peer peer = await Peer.ConnectAsync(server.Address))
        {
            await peer.SendAsync("alive");
            Assert.Equal("alive", await peer.ReceiveAsync(5));
        }

        Assert.Equal(0, await server.StopAsync());
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task APathOnWhichSomebodyListens_IsLeftAlone()
    {
        await using WeirProcess first = await WeirProcess.ServeAsync(Url);

        Finished second = await WeirProcess.Run("serve", Url);

        Assert.Equal(2, second.ExitCode);
        Assert.Equal($"weir: bind unix://{Socket}: EADDRINUSE; the path exists; stop whoever listens there, or remove it when nobody does\n", second.Errors);
        using Peer peer = await Peer.ConnectAsync(first.Address);
        await peer.SendAsync("alive");
        Assert.Equal("alive", await peer.ReceiveAsync(5));
    }

    [Fact]
    public async Task AFileThatIsNoSocket_IsNeverDeleted()
    {
        await File.WriteAllTextAsync(Socket, "precious");

        Finished refused = await WeirProcess.Run("serve", Url);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("EADDRINUSE", Assert.Single(refused.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Socket));
    }

    [Fact]
    public async Task AnotherServersPath_IsNotRemovedAtTheEnd()
    {
        await using WeirProcess server = await WeirProcess.ServeAsync(Url);
        File.Delete(Socket);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(Socket));

        Assert.Equal(0, await server.StopAsync());

        Assert.True(File.Exists(Socket));
    }

    [Theory]
    [InlineData("0660")]
    [InlineData("0777")]
    [InlineData("0600")]
    public async Task Mode_IsWhatWasAskedFor_WhateverTheUmask(string mode)
    {
        await using WeirProcess server = await WeirProcess.ServeThroughAsync(["sh", "-c", "umask 077; exec \"$@\"", "sh"], $"{Url}?mode={mode}");

        Assert.Equal((UnixFileMode)Convert.ToInt32(mode, fromBase: 8), File.GetUnixFileMode(Socket));
    }

    [Fact]
    public async Task APathOf107Bytes_Listens_AndOneMoreIsRefused()
    {
        string longest = Socket + new string('x', 107 - Socket.Length);
        await using WeirProcess server = await WeirProcess.ServeAsync($"unix://{longest}");
        Assert.True(File.Exists(longest));

        Finished refused = await WeirProcess.Run("serve", $"unix://{longest}x");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("107", Assert.Single(refused.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
