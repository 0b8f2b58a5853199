using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketTransferTests
{
    public static TheoryData<SocketScheme> Streams => Loopback.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public void Bytes_ArriveAsTheyWereSent(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Equal(5, Assert.Ok(client.Send("hello"u8)));
            Assert.Equal("hello", server.ReceiveText());
            Assert.Failed(Errno.EAGAIN, server.Receive(new byte[1]));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Receive_WithPeek_LeavesTheBytes(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Ok(client.Send("hello"u8));

            Assert.Equal("hello", server.ReceiveText(MSG_PEEK));
            Assert.Equal("hel", server.ReceiveText(MSG_PEEK, limit: 3));
            Assert.Equal("hello", server.ReceiveText());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void DontWait_OnABlockingSocket_ReturnsAtOnce(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme, blocking: true);
        using (client)
        using (server)
        {
            Assert.Failed(Errno.EAGAIN, server.Receive(new byte[1], MSG_DONTWAIT));
            Assert.Failed(Errno.EAGAIN, server.ReceiveMessage(new byte[1], control: default, out _, MSG_DONTWAIT));

            byte[] block = new byte[64 * 1024];
            SysResult sent;
            do sent = client.Send(block, MSG_DONTWAIT);
            while (sent.IsOk);
            Assert.Equal(Errno.EAGAIN, sent.Errno);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task WaitAll_OnABlockingSocket_FillsTheBuffer(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme, blocking: true);
        using (client)
        using (server)
        {
            byte[] buffer = new byte[10];
            Task<SysResult> receiving = Descriptors.OnAnotherThread(() => server.Receive(buffer, MSG_WAITALL));
            Assert.Ok(client.Send("0123"u8));
            await Descriptors.Blocked(NR.recvfrom, server.Fd.Number);
            await Eventually.True(() => server.Queues.ReceiveBytes == 0);
            Assert.False(receiving.IsCompleted);

            Assert.Ok(client.Send("456789"u8));

            Assert.Equal(10, Assert.Ok(await receiving.InTime()));
            Assert.Equal("0123456789"u8, buffer);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Receive_OnABlockingSocket_WaitsForBytes(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme, blocking: true);
        using (client)
        using (server)
        {
            Task<SysResult> receiving = Descriptors.OnAnotherThread(() => server.Receive(new byte[10]));
            await Descriptors.Blocked(NR.recvfrom, server.Fd.Number);

            Assert.Ok(client.Send("abc"u8));

            Assert.Equal(3, Assert.Ok(await receiving.InTime()));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public unsafe void Send_OfSeveralPieces_KeepsTheirOrder(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            fixed (byte* one = "one "u8, two = "two "u8, three = "three"u8)
            {
                iovec[] pieces =
                [
                    new() { iov_base = one, iov_len = 4 },
                    new() { iov_base = null, iov_len = 0 },
                    new() { iov_base = two, iov_len = 4 },
                    new() { iov_base = three, iov_len = 5 },
                ];
                Assert.Equal(13, Assert.Ok(client.Send(pieces)));
            }

            Assert.Equal("one two three", server.ReceiveText());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Send_ToAPeerThatDoesNotRead_EndsInEagainAndLosesNothing(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            int sent = client.Fill();
            Assert.True(sent > 0);
            Assert.Ok(client.Shutdown(SHUT_WR));

            Assert.Equal(sent, await Descriptors.OnAnotherThread(() => CountUntilEnd(server)).InTime());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Message_WithoutControlMessages_IsLikeSendAndReceive(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Equal(2, Assert.Ok(client.SendMessage("ab"u8, control: default)));
            Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
            byte[] buffer = new byte[8];
            Assert.Equal(2, Assert.Ok(server.ReceiveMessage(buffer, new byte[64], out ReceivedMessage peeked, MSG_PEEK)));
            Assert.Equal(2, Assert.Ok(server.ReceiveMessage(buffer, new byte[64], out ReceivedMessage received)));

            Assert.Equal("ab"u8, buffer.AsSpan(0, 2));
            Assert.Equal((2, 0, false, false), (received.Bytes, received.ControlBytes, received.IsTruncated, received.IsControlTruncated));
            Assert.Equal(received, peeked);
        }
    }

    private static int CountUntilEnd(KernelSocket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        int total = 0;
        while (socket.WaitFor(POLLIN, Deadline.Generous) && Assert.Ok(socket.Receive(buffer)) is > 0 and int received)
            total += received;
        return total;
    }
}
