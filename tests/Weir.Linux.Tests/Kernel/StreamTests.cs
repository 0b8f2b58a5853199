using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class StreamTests
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void SocketPair_SendAndRecv_CarryTheBytes()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            byte[] buffer = new byte[16];
            Assert.Equal(5, Assert.Ok(Sys.Send(first.Number, s_hello, MSG_NOSIGNAL)));
            Assert.Equal(5, Assert.Ok(Sys.Recv(second.Number, buffer, 0)));
            Assert.Equal(s_hello, buffer[..5]);
        }
    }

    [Fact]
    public void Shutdown_OfTheSender_IsTheEndForTheReader()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            Assert.Ok(Sys.Shutdown(first.Number, SHUT_WR));
            Assert.Equal(0, Assert.Ok(Sys.Recv(second.Number, new byte[1], 0)));
            Assert.Error(Errno.EPIPE, Sys.Send(first.Number, s_hello, MSG_NOSIGNAL));
        }
    }

    [Fact]
    public void Peek_LeavesTheBytes()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            Assert.Ok(Sys.Send(first.Number, s_hello, MSG_NOSIGNAL));
            Assert.Equal(2, Assert.Ok(Sys.Recv(second.Number, new byte[2], MSG_PEEK)));
            Assert.Equal(5, Assert.Ok(Sys.Recv(second.Number, new byte[16], 0)));
        }
    }

    [Fact]
    public void SeqPacket_KeepsMessagesApart()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair(SOCK_SEQPACKET);
        using (first)
        using (second)
        {
            Assert.Ok(Sys.Send(first.Number, s_hello, MSG_NOSIGNAL));
            Assert.Ok(Sys.Send(first.Number, s_hello.AsSpan(0, 2), MSG_NOSIGNAL));
            Assert.Equal(5, Assert.Ok(Sys.Recv(second.Number, new byte[16], 0)));
            Assert.Equal(2, Assert.Ok(Sys.Recv(second.Number, new byte[16], 0)));
        }
    }

    [Fact]
    public void Accept_GivesThePeersAddress()
    {
        using SafeFd listener = Loopback.Listener(out byte[] address);
        using SafeFd client = Loopback.Socket();
        Assert.Ok(Sys.Connect(client.Number, address));

        byte[] peer = new byte[28];
        using SafeFd server = Loopback.Open(Sys.Accept(listener.Number, peer, out int peerLength, SOCK_CLOEXEC));

        byte[] own = new byte[16];
        Assert.Ok(Sys.GetSocketName(client.Number, own, out int ownLength));
        Assert.Equal((16, 16), (peerLength, ownLength));
        Assert.Equal(own, peer[..16]);
        Assert.Ok(Sys.GetPeerName(client.Number, own, out _));
        Assert.Equal(address, own);
    }

    [Fact]
    public void GetSocketName_WithTooLittleSpace_TellsTheWholeLength()
    {
        using SafeFd listener = Loopback.Listener(out byte[] address);
        byte[] cut = new byte[4];

        Assert.Ok(Sys.GetSocketName(listener.Number, cut, out int length));

        Assert.Equal(16, length);
        Assert.Equal(Loopback.PortOf(address), Loopback.PortOf(cut));
    }

    [Fact]
    public void QueueSizes_ThroughIoctl_CountTheBytes()
    {
        (SafeFd client, SafeFd server) = Loopback.Connection();
        using (client)
        using (server)
        {
            Assert.Ok(Sys.Send(client.Number, s_hello, MSG_NOSIGNAL));
            Assert.Equal(5, Assert.Ok(Sys.Recv(server.Number, new byte[5], MSG_PEEK | MSG_WAITALL)));

            Assert.Ok(Sys.IoctlInt(server.Number, SIOCINQ, out int received));
            Assert.Equal(5, received);
            Assert.Ok(Sys.IoctlInt(client.Number, SIOCOUTQ, out int unacknowledged));
            Assert.InRange(unacknowledged, 0, 5);
            Assert.Ok(Sys.IoctlInt(client.Number, SIOCOUTQNSD, out int unsent));
            Assert.Equal(0, unsent);
        }
    }
}
