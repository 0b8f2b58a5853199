using Weir.Linux;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketSetupTests
{
    public static TheoryData<SocketScheme> AllSchemes => Loopback.All;

    public static TheoryData<SocketScheme> Connections => Loopback.Connections;

    [Theory]
    [MemberData(nameof(AllSchemes))]
    public void Create_IsCloseOnExecAndOfTheKindAskedFor(SocketScheme scheme)
    {
        using KernelSocket waiting = Loopback.Create(scheme, blocking: true);
        using KernelSocket socket = Loopback.Create(scheme);

        Assert.Equal(O_CLOEXEC | O_NONBLOCK, Descriptors.Flags(socket.Fd.Number) & (O_CLOEXEC | O_NONBLOCK));
        Assert.Equal(O_CLOEXEC, Descriptors.Flags(waiting.Fd.Number) & (O_CLOEXEC | O_NONBLOCK));
        Assert.Equal(Loopback.Family(scheme), socket.Get(SocketOptions.Domain));
        Assert.Equal(scheme.SocketType(), socket.Get(SocketOptions.Type));
    }

    [Fact]
    public void Create_OfAnUnknownFamily_SaysSo() =>
        Assert.Fails("socket", Errno.EAFNOSUPPORT, () => KernelSocket.Create(family: 4095, SOCK_STREAM));

    [Theory]
    [InlineData(SOCK_STREAM)]
    [InlineData(SOCK_DGRAM)]
    [InlineData(SOCK_SEQPACKET)]
    public void CreatePair_IsConnectedBothWays(int type)
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(type);
        using (first)
        using (second)
        {
            Assert.Equal(4, Assert.Ok(first.Send("ping"u8)));
            Assert.Equal("ping", second.ReceiveText());
            Assert.Equal(4, Assert.Ok(second.Send("pong"u8)));
            Assert.Equal("pong", first.ReceiveText());
        }
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void TryAccept_WhenNobodyWaits_IsEagain(SocketScheme scheme)
    {
        using KernelSocket listener = Loopback.Listener(scheme);

        Assert.Null(listener.TryAccept(out Errno error));
        Assert.Equal(Errno.EAGAIN, error);
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void TryAccept_GivesASocketOfTheKindAskedFor(SocketScheme scheme)
    {
        using KernelSocket listener = Loopback.Listener(scheme);
        foreach (bool blocking in (bool[])[true, false])
        {
            using KernelSocket client = Loopback.Create(scheme);
            client.Connect(listener.LocalAddress, Testing.Deadline.Generous);
            using KernelSocket server = Loopback.AcceptFrom(listener, blocking);

            int expected = O_CLOEXEC | (blocking ? 0 : O_NONBLOCK);
            Assert.Equal(expected, Descriptors.Flags(server.Fd.Number) & (O_CLOEXEC | O_NONBLOCK));
        }
    }

    [Theory]
    [MemberData(nameof(AllSchemes))]
    public void Bind_ToATakenAddress_NamesItAndWhatToTry(SocketScheme scheme)
    {
        using KernelSocket first = Loopback.Bound(scheme);
        using KernelSocket second = Loopback.Create(scheme);
        KernelAddress taken = first.LocalAddress;

        SocketCallException exception = Assert.Fails("bind", Errno.EADDRINUSE, () => second.Bind(taken));

        string start = $"bind {taken.Describe(second.Scheme)}: EADDRINUSE; another socket has this";
        Assert.StartsWith(start, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_Twice_IsRefused()
    {
        using KernelSocket socket = Loopback.Bound(SocketScheme.Tcp4);

        SocketCallException exception = Assert.Fails("bind", Errno.EINVAL, () => socket.Bind(Loopback.AnyAddress(SocketScheme.Tcp4)));

        Assert.Contains("the socket is bound already", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketScheme.Udp4)]
    [InlineData(SocketScheme.UnixGram)]
    public void Listen_OnDatagrams_NamesTheSocket(SocketScheme scheme)
    {
        using KernelSocket socket = Loopback.Bound(scheme);

        SocketCallException exception = Assert.Fails("listen", Errno.EOPNOTSUPP, () => socket.Listen(backlog: 1));

        Assert.Equal(socket.LocalAddress.Describe(socket.Scheme), exception.Address);
    }

    [Fact]
    public void Listen_WithoutAnAddress_IsRefusedOnUnixSockets()
    {
        using KernelSocket socket = Loopback.Create(SocketScheme.Unix);

        Assert.Fails("listen", Errno.EINVAL, () => socket.Listen(backlog: 1));
    }

    [Fact]
    public void Listen_ShowsInTheSocketsState()
    {
        using KernelSocket socket = Loopback.Bound(SocketScheme.Tcp4);
        Assert.False(socket.Get(SocketOptions.AcceptsConnections));

        socket.Listen(backlog: 1);

        Assert.True(socket.Get(SocketOptions.AcceptsConnections));
    }
}
