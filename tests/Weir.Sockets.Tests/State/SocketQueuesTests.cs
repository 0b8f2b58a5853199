using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.State;

public sealed class SocketQueuesTests
{
    public static TheoryData<SocketScheme> Streams => Loopback.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task ReceiveBytes_AreWhatThePeerSentAndNobodyRead(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Equal(default, server.Queues);
            Assert.Equal(1234, Assert.Ok(client.Send(new byte[1234])));
            await Eventually.True(() => server.Queues.ReceiveBytes == 1234);

            Assert.Equal(1000, Assert.Ok(server.Receive(new byte[1000])));

            Assert.Equal(234, server.Queues.ReceiveBytes);
            Assert.Equal((0, 0), (server.Queues.SendBytes, server.Queues.UnsentBytes));
        }
    }

    /// <summary>Each byte that the kernel took is at one end or the other, and what does not fit the peer's window is not sent.</summary>
    [Theory]
    [InlineData(SocketScheme.Tcp4)]
    public async Task TcpQueues_WhenThePeerDoesNotRead_AddUpToWhatWasSent(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            int sent = client.Fill();
            await Eventually.True(() => client.Queues.SendBytes + server.Queues.ReceiveBytes == sent);

            SocketQueues queues = client.Queues;
            Assert.InRange(queues.UnsentBytes, 1, queues.SendBytes);
            Assert.Equal(0, queues.ReceiveBytes);
            await Eventually.True(() => client.Queues.UnsentBytes == client.Info!.Value.NotSentBytes);

            int drained = 0;
            byte[] buffer = new byte[256 * 1024];
            while (drained < sent)
            {
                Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
                drained += Assert.Ok(server.Receive(buffer));
            }

            await Eventually.True(() => client.Queues == default && server.Queues == default);
        }
    }

    [Fact]
    public void UnixQueue_OfTheSender_IsMemoryUntilThePeerReads()
    {
        (KernelSocket client, KernelSocket server) = KernelSocket.CreatePair(SOCK_STREAM);
        using (client)
        using (server)
        {
            Assert.Ok(client.Send(new byte[100]));
            Assert.Equal(100, server.Queues.ReceiveBytes);
            Assert.True(client.Queues.SendBytes > 100, "the kernel counts its own overhead");
            Assert.Equal(0, client.Queues.UnsentBytes);

            Assert.Equal(100, Assert.Ok(server.Receive(new byte[100])));

            Assert.Equal(default, client.Queues);
        }
    }

    [Theory]
    [InlineData(SocketScheme.Udp4, 30)]
    [InlineData(SocketScheme.UnixGram, 30)]
    public async Task ReceiveBytes_OfDatagrams_AreTheFirstOnes(SocketScheme scheme, int firstBytes)
    {
        using KernelSocket sender = Loopback.Bound(scheme);
        using KernelSocket receiver = Loopback.Bound(scheme);
        Assert.Ok(sender.SendTo(new byte[firstBytes], receiver.LocalAddress));
        Assert.Ok(sender.SendTo(new byte[70], receiver.LocalAddress));

        await Eventually.True(() => receiver.Queues.ReceiveBytes == firstBytes);
    }

    [Fact]
    public void ReceiveBytes_OfSequencedPackets_AreAllOfThem()
    {
        (KernelSocket client, KernelSocket server) = KernelSocket.CreatePair(SOCK_SEQPACKET);
        using (client)
        using (server)
        {
            Assert.Ok(client.Send(new byte[30]));
            Assert.Ok(client.Send(new byte[70]));

            Assert.Equal(100, server.Queues.ReceiveBytes);
        }
    }

    [Fact]
    public void Queues_OfAListener_AreEmpty()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);

        Assert.Equal(default, listener.Queues);
    }
}
