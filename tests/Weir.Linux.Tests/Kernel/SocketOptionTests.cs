using System.Runtime.InteropServices;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class SocketOptionTests
{
    private const int TcpEstablished = 1;

    [Fact]
    public void AnInt_IsSetAndReadBack()
    {
        using SafeFd socket = Loopback.Socket();

        Assert.Ok(Sys.SetSockOpt(socket.Number, IPPROTO_TCP, TCP_KEEPIDLE, 77));
        Assert.Ok(Sys.GetSockOpt(socket.Number, IPPROTO_TCP, TCP_KEEPIDLE, out int seconds));

        Assert.Equal(77, seconds);
    }

    [Fact]
    public void Linger_IsSetAndReadBack()
    {
        using SafeFd socket = Loopback.Socket();
        var wanted = new linger { l_onoff = 1, l_linger = 3 };
        linger answer = default;
        ReadOnlySpan<byte> wantedBytes = MemoryMarshal.AsBytes(new ReadOnlySpan<linger>(in wanted));
        Span<byte> answerBytes = MemoryMarshal.AsBytes(new Span<linger>(ref answer));

        Assert.Ok(Sys.SetSockOpt(socket.Number, SOL_SOCKET, SO_LINGER, wantedBytes));
        Assert.Ok(Sys.GetSockOpt(socket.Number, SOL_SOCKET, SO_LINGER, answerBytes, out int length));

        Assert.Equal((8, 1, 3), (length, answer.l_onoff, answer.l_linger));
    }

    [Fact]
    public void PeerCredentials_AreThisProcess()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            ucred peer = default;
            Assert.Ok(Sys.GetSockOpt(first.Number, SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(new Span<ucred>(ref peer)), out _));
            Assert.Equal(Environment.ProcessId, peer.pid);
        }
    }

    [Fact]
    public void TcpInfo_OfAConnection_MakesSense()
    {
        (SafeFd client, SafeFd server) = Loopback.Connection();
        using (client)
        using (server)
        {
            Assert.Ok(Sys.Send(client.Number, new byte[1000], MSG_NOSIGNAL));
            Assert.Equal(1000, Assert.Ok(Sys.Recv(server.Number, new byte[1000], MSG_WAITALL)));

            tcp_info sender = TcpInfo(client, out int length);
            tcp_info receiver = TcpInfo(server, out _);

            Assert.InRange(length, Marshal.OffsetOf<tcp_info>(nameof(tcp_info.tcpi_bytes_sent)), Marshal.SizeOf<tcp_info>());
            Assert.Equal((TcpEstablished, TcpEstablished), (sender.tcpi_state, receiver.tcpi_state));
            Assert.Equal((1000ul, 1000ul), (sender.tcpi_bytes_sent, receiver.tcpi_bytes_received));
            Assert.Equal((1u, 1u), (sender.tcpi_data_segs_out, receiver.tcpi_data_segs_in));
            Assert.InRange(sender.tcpi_pmtu, 1280u, 65536u);
            Assert.Equal(sender.tcpi_wscales & 15, receiver.tcpi_wscales >> 4);
            if (length == Marshal.SizeOf<tcp_info>())
                Assert.InRange(receiver.tcpi_rcv_wnd, 1u, uint.MaxValue);
        }
    }

    private static tcp_info TcpInfo(SafeFd socket, out int length)
    {
        tcp_info info = default;
        Assert.Ok(Sys.GetSockOpt(socket.Number, IPPROTO_TCP, TCP_INFO, MemoryMarshal.AsBytes(new Span<tcp_info>(ref info)), out length));
        return info;
    }
}
