using Weir.Linux;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class DisposedSocketTests
{
    private readonly KernelSocket _socket = Loopback.Create(SocketScheme.Tcp4);

    public DisposedSocketTests() => _socket.Dispose();

    [Fact]
    public void Calls_ThatMoveBytes_AnswerEbadf()
    {
        byte[] buffer = new byte[8];
        KernelAddress address = Loopback.AnyAddress(SocketScheme.Tcp4);

        Assert.Failed(Errno.EBADF, _socket.Send("x"u8));
        Assert.Failed(Errno.EBADF, _socket.Send([default(iovec)]));
        Assert.Failed(Errno.EBADF, _socket.SendTo("x"u8, address));
        Assert.Failed(Errno.EBADF, _socket.SendMessage("x"u8, control: default));
        Assert.Failed(Errno.EBADF, _socket.Receive(buffer));
        Assert.Failed(Errno.EBADF, _socket.ReceiveFrom(buffer, out KernelAddress from));
        Assert.Equal(default, from);
        Assert.Failed(Errno.EBADF, _socket.ReceiveMessage(buffer, control: default, out ReceivedMessage message));
        Assert.Equal(default, message);
        Assert.Failed(Errno.EBADF, _socket.Shutdown(SHUT_WR));
        Assert.Failed(Errno.EBADF, _socket.Connect(address));
        Assert.Failed(Errno.EBADF, _socket.ResetOnClose());
        Assert.Failed(Errno.EBADF, _socket.TrySet(SocketOptions.NoDelay, true));
        Assert.Null(_socket.TryAccept(out Errno error));
        Assert.Equal(Errno.EBADF, error);
        Assert.Equal(Errno.EBADF, _socket.TakeError());
    }

    [Fact]
    public void Calls_ThatSetUp_ThrowEbadfUnderTheirOwnName()
    {
        KernelAddress address = Loopback.AnyAddress(SocketScheme.Tcp4);

        Assert.Equal("bind 127.0.0.1:0: EBADF; the descriptor is not an open socket", Fails("bind", () => _socket.Bind(address)).Message);
        Assert.Equal("listen: EBADF; the descriptor is not an open socket", Fails("listen", () => _socket.Listen(backlog: 1)).Message);
        Fails("connect", () => _socket.Connect(address, TimeSpan.Zero));
        Fails("poll", () => _socket.WaitFor(POLLIN, Timeout.InfiniteTimeSpan));
        Fails("setsockopt TCP_NODELAY", () => _socket.Set(SocketOptions.NoDelay, true));
        Fails("setsockopt TCP_NODELAY", () => _socket.Set(SocketOptionSetting.Create(SocketOptions.NoDelay, true)));
        Fails("getsockopt TCP_NODELAY", () => _socket.Get(SocketOptions.NoDelay));
        Fails("getsockname", () => _ = _socket.LocalAddress);
        Fails("getsockopt", () => _ = _socket.Scheme);
    }

    [Fact]
    public void State_ThatMayBeMissing_IsMissing()
    {
        Assert.Null(_socket.PeerAddress);
        Assert.Null(_socket.PeerCredentials);
        Assert.Null(_socket.Info);
        Assert.Equal(default, _socket.Queues);
        Assert.Equal("closed socket", _socket.ToString());
    }

    private static SocketCallException Fails(string operation, Action call) => Assert.Fails(operation, Errno.EBADF, call);
}
