using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

/// <summary>
/// Whether a descriptor is open shows at the other end of its socket: its number may be in use again the moment that it is closed.
/// </summary>
public sealed class SafeFdTests
{
    [Fact]
    public void Dispose_Closes()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (second)
        {
            Assert.True(IsOpen(peer: second));
            first.Dispose();
            Assert.False(IsOpen(peer: second));
        }
    }

    [Fact]
    public void NotOwned_StaysOpen()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            new SafeFd(first.Number, ownsHandle: false).Dispose();
            Assert.True(IsOpen(peer: second));
        }
    }

    [Fact]
    public void Invalid_IsTold()
    {
        using var nothing = new SafeFd();

        Assert.True(nothing.IsInvalid);
        nothing.Dispose();
        Assert.Equal("fd closed", nothing.ToString());
    }

    [Fact]
    public async Task Dispose_DuringACall_WaitsForIt()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (second)
        {
            var holding = new TaskCompletionSource();
            Task<int> receiving = Task.Factory.StartNew(() => Receive(first, holding), TaskCreationOptions.LongRunning);
            await holding.Task.InTime();

            first.Dispose();
            Assert.False(first.IsClosed);
            Assert.True(IsOpen(peer: second));

            Assert.Ok(Sys.Send(second.Number, "x"u8, MSG_NOSIGNAL));
            Assert.Equal(1, await receiving.InTime());
            Assert.True(first.IsClosed);
            Assert.False(IsOpen(peer: second));
        }
    }

    [Fact]
    public void AfterDispose_NoCallBegins()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        second.Dispose();
        first.Dispose();

        bool added = false;
        Assert.Throws<ObjectDisposedException>(() => first.DangerousAddRef(ref added));
    }

    private static int Receive(SafeFd socket, TaskCompletionSource holding)
    {
        bool added = false;
        socket.DangerousAddRef(ref added);
        try
        {
            holding.SetResult();
            return Sys.Recv(socket.Number, new byte[1], 0).Value;
        }
        finally
        {
            socket.DangerousRelease();
        }
    }

    private static bool IsOpen(SafeFd peer) => Sys.Recv(peer.Number, new byte[1], MSG_DONTWAIT).Errno == Errno.EAGAIN;
}
