using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketClosingTests
{
    public static TheoryData<SocketScheme> Streams => Loopback.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public void Shutdown_OfWriting_LeavesTheOtherDirection(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Ok(client.Send("last"u8));
            Assert.Ok(client.Shutdown(SHUT_WR));

            Assert.Equal("last", server.ReceiveText());
            Assert.Equal("", server.ReceiveText());
            Assert.Failed(Errno.EPIPE, client.Send("x"u8));
            Assert.Ok(server.Send("answer"u8));
            Assert.Equal("answer", client.ReceiveText());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Shutdown_OfReading_EndsReceivingAndLeavesSending(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Ok(client.Shutdown(SHUT_RD));

            Assert.Equal("", client.ReceiveText());
            Assert.Ok(client.Send("still"u8));
            Assert.Equal("still", server.ReceiveText());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Shutdown_OfBoth_EndsBoth(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Ok(client.Shutdown(SHUT_RDWR));

            Assert.Equal("", client.ReceiveText());
            Assert.Equal("", server.ReceiveText());
            Assert.Failed(Errno.EPIPE, client.Send("x"u8));
        }
    }

    [Fact]
    public void Shutdown_WithoutAConnection_IsEnotconn()
    {
        using KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);

        Assert.Failed(Errno.ENOTCONN, socket.Shutdown(SHUT_WR));
    }

    [Theory]
    [InlineData(SocketScheme.Tcp4)]
    public void Dispose_AfterResetOnClose_ResetsThePeer(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (server)
        {
            Assert.Ok(client.ResetOnClose());
            Assert.Equal(LingerTime.Reset, client.Get(SocketOptions.Linger));
            client.Dispose();

            Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
            Assert.Failed(Errno.ECONNRESET, server.Receive(new byte[1]));
            Assert.Equal(0, Assert.Ok(server.Receive(new byte[1])));
            Assert.Failed(Errno.EPIPE, server.Send("x"u8));
        }
    }

    [Theory]
    [InlineData(SocketScheme.Tcp4)]
    [InlineData(SocketScheme.Unix)]
    public void Dispose_WithUnreadBytes_ResetsThePeer(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        {
            Assert.Ok(client.Send("never read"u8));
            Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
            server.Dispose();

            Assert.True(client.WaitFor(POLLIN, Deadline.Generous));
            Assert.Failed(Errno.ECONNRESET, client.Receive(new byte[1]));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Dispose_WithoutUnreadBytes_IsTheEndForThePeer(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (server)
        {
            Assert.Ok(client.Send("bye"u8));
            client.Dispose();

            Assert.Equal("bye", server.ReceiveText());
            Assert.Equal("", server.ReceiveText());
        }
    }

    [Fact]
    public async Task Dispose_WhileAnotherThreadReceives_KeepsTheNumberUntilTheCallEnds()
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(SocketScheme.Tcp4, blocking: true);
        using (client)
        {
            int fd = server.Fd.Number;
            string target = Descriptors.Target(fd)!;
            Task<SysResult> receiving = Descriptors.OnAnotherThread(() => server.Receive(new byte[10]));
            await Descriptors.Blocked(NR.recvfrom, fd);

            server.Dispose();

            Assert.Equal(target, Descriptors.Target(fd));
            Assert.Failed(Errno.EBADF, server.Send("x"u8));
            Assert.Ok(client.Send("abc"u8));
            Assert.Equal(3, Assert.Ok(await receiving.InTime()));
            await Eventually.True(() => Descriptors.CountOf(target) == 0);
        }
    }

    [Theory]
    [InlineData(SocketScheme.Tcp4)]
    [InlineData(SocketScheme.Unix)]
    public async Task Dispose_WhileAnotherThreadAccepts_KeepsTheNumberUntilTheCallEnds(SocketScheme scheme)
    {
        KernelSocket listener = Loopback.Listener(scheme, blocking: true);
        int fd = listener.Fd.Number;
        string target = Descriptors.Target(fd)!;
        KernelAddress address = listener.LocalAddress;
        Task<KernelSocket?> accepting = Descriptors.OnAnotherThread(() => listener.TryAccept(out _));
        await Descriptors.Blocked(NR.accept4, fd);

        listener.Dispose();

        Assert.Equal(target, Descriptors.Target(fd));
        using KernelSocket client = Loopback.Create(scheme);
        client.Connect(address, Deadline.Generous);
        using KernelSocket? server = await accepting.InTime();
        Assert.NotNull(server);
        await Eventually.True(() => Descriptors.CountOf(target) == 0);
    }

    [Fact]
    public void Dispose_Twice_ClosesOnce()
    {
        KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);
        string target = Descriptors.Target(socket.Fd.Number)!;

        socket.Dispose();
        socket.Dispose();

        Assert.Equal(0, Descriptors.CountOf(target));
        Assert.Equal("closed socket", socket.ToString());
    }
}
