using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Datagrams;

public sealed class SendingContract
{
    // Runs of one size, with shorter, longer and empty ones between: what is joined on the way has to come apart at the same places.
    private static readonly int[] s_sizes = [64, 64, 64, 10, 64, 64, 0, 0, 100, 100, 99, 1200, 1200, 1200, 1, 2, 3, 64];

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6, SocketScheme.UnixGram)]
    public async Task Datagrams_ReachAForeignReceiver_EachAsItWas(EngineCase engine)
    {
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        using KernelSocket receiver = peer;

        for (int round = 0; round < 20; round++)
        {
            int offset = round;
            foreach (int size in s_sizes)
            {
                Assert.True(rig.Channel.TryWrite(Bytes.Pattern(size, offset)));
                if (engine.Family != SocketScheme.UnixGram)
                    continue;
                // Its queue has room for ten (net.unix.max_dgram_qlen).
                await rig.Channel.FlushAsync().AsTask().InTime();
                Assert.Equal(Bytes.Pattern(size, offset), DatagramRig.Receive(peer));
            }

            await rig.Channel.FlushAsync().AsTask().InTime();
            if (engine.Family != SocketScheme.UnixGram)
                Assert.All(s_sizes, size => Assert.Equal(Bytes.Pattern(size, offset), DatagramRig.Receive(peer)));
        }

        Assert.Equal(20 * s_sizes.Length, rig.Channel.SentCount);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task ChannelToChannel_JoinsAndComesApart(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, query: "?rcvbuf=1m");
        await using DatagramChannel sender = await DatagramChannel.ConnectAsync(
            SocketUrl.Parse(rig.Address.Describe(engine.Family)), new DatagramOptions { Loops = rig.Loops });
        List<byte[]> sent = [];
        for (int i = 0; i < 500; i++)
            sent.Add(Bytes.Pattern(s_sizes[i % s_sizes.Length], offset: i));

        foreach (byte[] datagram in sent)
        {
            if (sender.TryWrite(datagram))
                continue;
            await sender.FlushAsync().AsTask().InTime();
            Assert.True(sender.TryWrite(datagram));
        }

        await sender.FlushAsync().AsTask().InTime();

        List<byte[]> received = [];
        while (received.Count < sent.Count && await rig.Channel.ReceiveAsync().AsTask().InTime() is { IsEnd: false } batch)
        {
            // Both ways of going through a batch see the same.
            int index = 0;
            foreach (ReceivedDatagram datagram in batch)
            {
                Assert.True(datagram.Bytes.SequenceEqual(batch[index++].Bytes));
                received.Add(datagram.Bytes.ToArray());
            }

            Assert.Equal(batch.Count, index);
        }

        Assert.Equal(sent, received);
        Assert.Equal(0, rig.Channel.DroppedDatagrams);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task ARun_IsSentFromTheCallersMemory_AfterWhatWasWritten(EngineCase engine)
    {
        const int Size = 100;
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        using KernelSocket receiver = peer;
        byte[] run = Bytes.Pattern((150 * Size) + 30);
        Assert.True(rig.Channel.TryWrite("before"u8));

        Task sending = rig.Channel.SendAsync(run, Size).AsTask();

        Assert.Equal("before", Bytes.Text(DatagramRig.Receive(peer)));
        for (int offset = 0; offset < run.Length; offset += Size)
            Assert.Equal(run[offset..Math.Min(offset + Size, run.Length)], DatagramRig.Receive(peer));
        await sending.InTime();
        Assert.Equal(152, rig.Channel.SentCount);
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task TwoReceivers_GetEachTheirOwn(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket first = rig.BoundPeer();
        using KernelSocket second = rig.BoundPeer();

        foreach (string text in (string[])["a", "b", "c"])
        {
            Assert.True(rig.Channel.TryWrite(Bytes.Of(text), first.LocalAddress));
            Assert.True(rig.Channel.TryWrite(Bytes.Of(text.ToUpperInvariant()), second.LocalAddress));
        }

        await rig.Channel.FlushAsync().AsTask().InTime();

        Assert.Equal("abc", string.Concat(Enumerable.Range(0, 3).Select(_ => Bytes.Text(DatagramRig.Receive(first)))));
        Assert.Equal("ABC", string.Concat(Enumerable.Range(0, 3).Select(_ => Bytes.Text(DatagramRig.Receive(second)))));
    }

    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task AFlush_WaitsForAReceiverWhoseQueueIsFull(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket slow = rig.BoundPeer();
        await using DatagramChannel connected = await rig.ConnectToAsync(slow.LocalAddress);
        foreach (DatagramChannel channel in (DatagramChannel[])[rig.Channel, connected])
        {
            KernelAddress to = channel.IsConnected ? default : slow.LocalAddress;
            int filled = 0;
            while (channel.TrySend("x"u8, to).IsOk)
                filled++;
            Assert.True(channel.TryWrite("the last"u8, to));
            Task flushing = channel.FlushAsync().AsTask();
            Assert.False(flushing.IsCompleted);

            for (int i = 0; i < filled; i++)
                DatagramRig.Receive(slow);

            await flushing.InTime();
            Assert.Equal("the last", Bytes.Text(DatagramRig.Receive(slow)));
        }
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task ATooLongDatagram_IsRefused_AndTheOthersAreSent(EngineCase engine)
    {
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        using KernelSocket receiver = peer;
        Assert.True(rig.Channel.TryWrite("before"u8));
        Assert.True(rig.Channel.TryWrite(new byte[65_508]));
        Assert.True(rig.Channel.TryWrite("after"u8));

        SocketCallException refusal = await Assert.ThrowsAsync<SocketCallException>(() => rig.Channel.FlushAsync().AsTask().InTime());

        Assert.Equal(Errno.EMSGSIZE, refusal.Errno);
        Assert.Equal(["before", "after"], [Bytes.Text(DatagramRig.Receive(peer)), Bytes.Text(DatagramRig.Receive(peer))]);
        Assert.Throws<ArgumentException>(() => rig.Channel.TryWrite(new byte[300_000]));
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task AConnectedChannel_LearnsThatNobodyIsThere_AndGoesOn(EngineCase engine)
    {
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        KernelAddress address = peer.LocalAddress;
        peer.Dispose();
        Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync().AsTask();
        Assert.True(rig.Channel.TrySend("anybody?"u8).IsOk);

        SocketCallException refusal = await Assert.ThrowsAsync<SocketCallException>(() => receiving.InTime());

        Assert.Equal(Errno.ECONNREFUSED, refusal.Errno);
        using var back = KernelSocket.Create(address.Family, Uapi.SOCK_DGRAM);
        back.Bind(address);
        Assert.True(back.SendTo("now"u8, rig.Address).IsOk);
        Assert.Equal(["now"], await rig.ReceiveTextsAsync(1));
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task AnErrorOfOnePeer_IsToldWithThatPeer_AndHarmsNoOther(EngineCase engine)
    {
        System.Collections.Concurrent.ConcurrentQueue<DatagramError> errors = new();
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { TellsErrors = true, OnError = errors.Enqueue });
        using KernelSocket alive = rig.BoundPeer();
        KernelSocket gone = rig.BoundPeer();
        KernelAddress nobody = gone.LocalAddress;
        gone.Dispose();
        Task<List<string>> receiving = rig.ReceiveTextsAsync(1);

        for (int i = 0; i < 10; i++)
        {
            Assert.True(rig.Channel.TryWrite("lost"u8, nobody));
            Assert.True(rig.Channel.TryWrite("kept"u8, alive.LocalAddress));
            await rig.Channel.FlushAsync().AsTask().InTime();
        }

        for (int i = 0; i < 10; i++)
            Assert.Equal("kept", Bytes.Text(DatagramRig.Receive(alive)));
        await Eventually.True(() => !errors.IsEmpty);
        DatagramRig.Send(alive, "still there?", rig.Address);
        Assert.Equal(["still there?"], await receiving.InTime());
        Assert.All(errors, error => Assert.Equal((Errno.ECONNREFUSED, nobody), (error.Errno, error.Peer)));
        Assert.All(errors, error => Assert.Equal(alive.LocalAddress.ToIPEndPoint().Address, error.Reporter.ToIPEndPoint().Address));
    }
}
