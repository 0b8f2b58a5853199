using Weir.Linux;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketAdoptionTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Adopt_ANumberThatIsNotOpen_IsEbadf(int fd)
    {
        SocketCallException exception = Assert.Fails("getsockopt", Errno.EBADF, () => KernelSocket.Adopt(fd));

        Assert.Equal($"getsockopt fd://{fd}: EBADF; the descriptor is not an open socket", exception.Message);
    }

    [Fact]
    public void Adopt_WhatIsNotASocket_LeavesItOpen()
    {
        (SafeFd readEnd, SafeFd writeEnd, string target) = Descriptors.Pipe();
        using (readEnd)
        using (writeEnd)
        {
            Assert.Fails("getsockopt", Errno.ENOTSOCK, () => KernelSocket.Adopt(readEnd.Number));

            Assert.Equal(2, Descriptors.CountOf(target));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SOCK_NONBLOCK)]
    [InlineData(SOCK_NONBLOCK | SOCK_CLOEXEC)]
    public void Adopt_MakesItCloseOnExecAndNonBlocking(int inheritedFlags)
    {
        int fd = Assert.Ok(Sys.Socket(AF_INET, SOCK_STREAM | inheritedFlags, 0));

        using var socket = KernelSocket.Adopt(fd);

        Assert.Equal(fd, socket.Fd.Number);
        Assert.Equal(O_CLOEXEC | O_NONBLOCK, Descriptors.Flags(fd) & (O_CLOEXEC | O_NONBLOCK));
    }

    [Fact]
    public void Adopt_OwnsTheDescriptor()
    {
        int fd = Assert.Ok(Sys.Socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        string target = Descriptors.Target(fd)!;

        KernelSocket.Adopt(fd).Dispose();

        Assert.Equal(0, Descriptors.CountOf(target));
    }

    [Fact]
    public void Adopt_AListener_KeepsItsStateAndAddress()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);
        using var adopted = KernelSocket.Adopt(Assert.Ok(Sys.Duplicate(listener.Fd.Number)));

        Assert.Equal(listener.LocalAddress, adopted.LocalAddress);
        Assert.True(adopted.Get(SocketOptions.AcceptsConnections));
    }
}
