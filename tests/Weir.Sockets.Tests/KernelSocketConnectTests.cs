using System.Net.Sockets;
using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketConnectTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Connect_OfNonBlockingTcp_IsInProgressUntilWritable()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);
        using KernelSocket client = Loopback.Create(SocketScheme.Tcp4);

        Assert.Failed(Errno.EINPROGRESS, client.Connect(listener.LocalAddress));

        Assert.True(client.WaitFor(POLLOUT, Deadline.Generous));
        Assert.Equal(Errno.None, client.TakeError());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_WhereNobodyListens_IsRefused(bool blocking)
    {
        using KernelSocket silent = Loopback.Bound(SocketScheme.Tcp4);
        using KernelSocket client = Loopback.Create(SocketScheme.Tcp4, blocking);
        KernelAddress address = silent.LocalAddress;

        SocketCallException exception = Assert.Fails("connect", Errno.ECONNREFUSED, () => client.Connect(address, Deadline.Generous));

        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
        Assert.Equal($"tcp://{address}", exception.Address);
        Assert.Equal(Errno.None, client.TakeError());
    }

    /// <summary>A queue of length 0 holds one connection; what comes then gets no answer, and the kernel goes on trying.</summary>
    [Fact]
    public void Connect_ToAFullBacklog_TimesOut()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4, backlog: 0);
        using KernelSocket first = Loopback.Create(SocketScheme.Tcp4);
        first.Connect(listener.LocalAddress, Deadline.Generous);
        Assert.True(listener.WaitFor(POLLIN, Deadline.Generous));
        using KernelSocket second = Loopback.Create(SocketScheme.Tcp4);
        KernelAddress address = listener.LocalAddress;

        SocketCallException exception = Assert.Fails("connect", Errno.ETIMEDOUT, () => second.Connect(address, s_short));

        Assert.Equal(SocketError.TimedOut, exception.SocketErrorCode);
        Assert.Equal(TcpState.SynSent, second.Info?.State);
    }

    [Fact]
    public void Connect_ToAFullUnixBacklog_IsRefusedAtOnce()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Unix, backlog: 0);
        KernelAddress address = listener.LocalAddress;
        using KernelSocket first = Loopback.Create(SocketScheme.Unix);
        first.Connect(address, Deadline.Generous);
        using KernelSocket second = Loopback.Create(SocketScheme.Unix);

        SocketCallException exception = Assert.Fails("connect", Errno.EAGAIN, () => second.Connect(address, Deadline.Generous));

        Assert.Contains("queue is full", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_ToAMissingPath_NamesIt()
    {
        using var folder = new TemporaryFolder();
        var address = KernelAddress.FromUnixPath(folder.File("none.sock"));
        using KernelSocket client = Loopback.Create(SocketScheme.Unix);

        SocketCallException exception = Assert.Fails("connect", Errno.ENOENT, () => client.Connect(address, Deadline.Generous));

        Assert.Equal($"connect unix://{address}: ENOENT; the path does not exist; start the server, or check the path", exception.Message);
    }

    [Fact]
    public void Connect_ToAnotherTypeOfSocket_NamesTheSchemes()
    {
        // Abstract names are apart for each type of socket; paths are not.
        using var folder = new TemporaryFolder();
        var address = KernelAddress.FromUnixPath(folder.File("datagrams.sock"));
        using KernelSocket datagrams = Loopback.Create(SocketScheme.UnixGram);
        datagrams.Bind(address);
        using KernelSocket client = Loopback.Create(SocketScheme.Unix);

        SocketCallException exception = Assert.Fails("connect", Errno.EPROTOTYPE, () => client.Connect(address, Deadline.Generous));

        Assert.Contains("try unix, unixgram or unixpacket", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_Twice_IsRefused()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);
        KernelAddress address = listener.LocalAddress;
        using KernelSocket client = Loopback.Create(SocketScheme.Tcp4, blocking: true);
        client.Connect(address, Deadline.Generous);

        Assert.Fails("connect", Errno.EISCONN, () => client.Connect(address, Deadline.Generous));
    }

    [Fact]
    public void WaitFor_WhenNothingComes_IsFalse()
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(SOCK_STREAM);
        using (first)
        using (second)
        {
            Assert.False(first.WaitFor(POLLIN, TimeSpan.Zero));
            Assert.False(first.WaitFor(POLLIN, TimeSpan.FromMilliseconds(1)));
            Assert.True(first.WaitFor(POLLOUT, TimeSpan.Zero));
        }
    }

    [Fact]
    public async Task WaitFor_WithoutALimit_WaitsForTheEvent()
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(SOCK_STREAM);
        using (first)
        using (second)
        {
            Task<bool> waiting = Descriptors.OnAnotherThread(() => first.WaitFor(POLLIN, Timeout.InfiniteTimeSpan));
            Assert.False(waiting.IsCompleted);
            Assert.Ok(second.Send("x"u8));

            Assert.True(await waiting.InTime());
        }
    }

    [Fact]
    public void WaitFor_AHangUp_IsReady()
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(SOCK_STREAM);
        using (first)
        {
            second.Dispose();

            Assert.True(first.WaitFor(POLLIN, Deadline.Generous));
            Assert.Equal(0, Assert.Ok(first.Receive(new byte[1])));
        }
    }
}
