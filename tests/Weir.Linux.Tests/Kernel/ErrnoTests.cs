using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

/// <summary>Each call fails with the error that its manual page names.</summary>
public sealed class ErrnoTests
{
    [Fact]
    public void NoDescriptor_IsEbadf()
    {
        Assert.Error(Errno.EBADF, Sys.Close(-1));
        Assert.Error(Errno.EBADF, Sys.Send(-1, "x"u8, 0));
        Assert.Error(Errno.EBADF, Sys.Accept(-1, 0));
    }

    [Fact]
    public void NotASocket_IsEnotsock()
    {
        using SafeFd counter = Loopback.Open(Sys.EventFd(0, EFD_CLOEXEC));

        Assert.Error(Errno.ENOTSOCK, Sys.Listen(counter.Number, 1));
    }

    [Fact]
    public void NothingToRead_IsEagain()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
            Assert.Error(Errno.EAGAIN, Sys.Recv(first.Number, new byte[1], MSG_DONTWAIT));
    }

    [Fact]
    public void NobodyListening_IsEconnrefused()
    {
        using SafeFd bound = Loopback.Socket();
        using SafeFd client = Loopback.Socket();
        byte[] address = new byte[16];
        Assert.Ok(Sys.Bind(bound.Number, Loopback.Address()));
        Assert.Ok(Sys.GetSocketName(bound.Number, address, out _));

        Assert.Error(Errno.ECONNREFUSED, Sys.Connect(client.Number, address));
    }

    [Fact]
    public void PortInUse_IsEaddrinuse()
    {
        using SafeFd listener = Loopback.Listener(out byte[] address);
        using SafeFd second = Loopback.Socket();

        Assert.Error(Errno.EADDRINUSE, Sys.Bind(second.Number, address));
    }

    [Fact]
    public void NotConnected_IsEnotconn()
    {
        using SafeFd socket = Loopback.Socket();

        Assert.Error(Errno.ENOTCONN, Sys.GetPeerName(socket.Number, new byte[16], out _));
        Assert.Error(Errno.ENOTCONN, Sys.Shutdown(socket.Number, SHUT_WR));
    }

    [Fact]
    public void NoSuchPath_IsEnoent()
    {
        using var folder = new TemporaryFolder();
        using SafeFd socket = Loopback.Socket(AF_UNIX);

        Assert.Error(Errno.ENOENT, Sys.Connect(socket.Number, Loopback.Address(folder.File("nobody"))));
        Assert.Error(Errno.ENOENT, Sys.Stat(folder.File("nothing"), out _));
    }

    [Fact]
    public void UnknownOption_IsEnoprotoopt()
    {
        using SafeFd socket = Loopback.Socket();

        Assert.Error(Errno.ENOPROTOOPT, Sys.SetSockOpt(socket.Number, IPPROTO_TCP, 9999, 1));
    }

    [Fact]
    public void UnknownFamily_IsEafnosupport() => Assert.Error(Errno.EAFNOSUPPORT, Sys.Socket(4095, SOCK_STREAM, 0));

    [Fact]
    public void FailedCalls_GiveBackNoDescriptors()
    {
        Assert.Error(Errno.EOPNOTSUPP, Sys.SocketPair(AF_INET, SOCK_STREAM, 0, out int first, out int second));
        Assert.Error(Errno.EINVAL, Sys.Pipe(out int readEnd, out int writeEnd, -1));

        Assert.Equal((-1, -1, -1, -1), (first, second, readEnd, writeEnd));
    }

    /// <summary>The errno lies in thread-local storage of libc; the collector stops threads between the call and its reading.</summary>
    [Fact]
    public async Task Collections_DuringCalls_DoNotChangeTheErrno()
    {
        const int Collections = 200;
        Task collecting = Task.Run(() =>
        {
            for (int i = 0; i < Collections; i++)
                GC.Collect(0);
        });

        int wrong = 0;
        do
        {
            if (Sys.Close(-1).Errno != Errno.EBADF)
                wrong++;
        }
        while (!collecting.IsCompleted);

        await collecting;
        Assert.Equal(0, wrong);
    }
}
