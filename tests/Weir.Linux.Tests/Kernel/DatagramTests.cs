using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class DatagramTests
{
    [Fact]
    public void SendToAndRecvFrom_CarryAddresses()
    {
        using SafeFd sender = Bound(out byte[] senderAddress);
        using SafeFd receiver = Bound(out byte[] receiverAddress);
        Assert.Equal(3, Assert.Ok(Sys.SendTo(sender.Number, "abc"u8, 0, receiverAddress)));

        byte[] from = new byte[28];
        byte[] buffer = new byte[16];
        Assert.Equal(3, Assert.Ok(Sys.RecvFrom(receiver.Number, buffer, 0, from, out int length)));

        Assert.Equal("abc"u8, buffer.AsSpan(0, 3));
        Assert.Equal(senderAddress, from[..length]);
    }

    [Fact]
    public void RecvFrom_WithTruncFlag_TellsTheWholeLength()
    {
        using SafeFd sender = Loopback.Socket(type: SOCK_DGRAM);
        using SafeFd receiver = Bound(out byte[] address);
        Assert.Ok(Sys.SendTo(sender.Number, new byte[100], 0, address));

        Assert.Equal(100, Assert.Ok(Sys.Recv(receiver.Number, new byte[10], MSG_TRUNC)));
    }

    [Fact]
    public void EmptyDatagram_Arrives()
    {
        using SafeFd sender = Loopback.Socket(type: SOCK_DGRAM);
        using SafeFd receiver = Bound(out byte[] address);
        Assert.Equal(0, Assert.Ok(Sys.SendTo(sender.Number, [], 0, address)));

        Assert.Equal(0, Assert.Ok(Sys.Recv(receiver.Number, new byte[10], 0)));
    }

    private static SafeFd Bound(out byte[] address)
    {
        SafeFd socket = Loopback.Socket(type: SOCK_DGRAM);
        address = new byte[16];
        Assert.Ok(Sys.Bind(socket.Number, Loopback.Address()));
        Assert.Ok(Sys.GetSocketName(socket.Number, address, out _));
        return socket;
    }
}
