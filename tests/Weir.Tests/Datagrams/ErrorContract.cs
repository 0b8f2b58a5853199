using System.Collections.Concurrent;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Datagrams;

/// <summary>Each error belongs to one datagram: no other is lost by it, and nobody else is blamed.</summary>
public sealed class ErrorContract
{
    // With IP_RECVERR the kernel also queues what it refuses itself, as often as it is tried.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task ADatagramThatNoPacketHasRoomFor_IsToldOnce(EngineCase engine)
    {
        ConcurrentQueue<DatagramError> errors = new();
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { TellsErrors = true, OnError = errors.Enqueue });
        using KernelSocket peer = rig.BoundPeer();
        Assert.True(rig.Channel.TryWrite("before"u8, peer.LocalAddress));
        Assert.True(rig.Channel.TryWrite(new byte[65_530], peer.LocalAddress));
        Assert.True(rig.Channel.TryWrite("after"u8, peer.LocalAddress));

        await rig.Channel.FlushAsync().AsTask().InTime();

        Assert.Equal(["before", "after"], [Bytes.Text(DatagramRig.Receive(peer)), Bytes.Text(DatagramRig.Receive(peer))]);
        Assert.Equal([new DatagramError(Errno.EMSGSIZE, peer.LocalAddress)], errors);
    }

    // ICMP answers within the call on loopback, so an error of the first waits when the second is sent.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task TrySend_IsNotRefusedForSomebodyElsesError(EngineCase engine)
    {
        ConcurrentQueue<DatagramError> errors = new();
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { TellsErrors = true, OnError = errors.Enqueue });
        using KernelSocket alive = rig.BoundPeer();
        KernelAddress nobody = AddressOfNobody(rig);

        Assert.True(rig.Channel.TrySend("lost"u8, nobody).IsOk);
        Assert.True(rig.Channel.TrySend("kept"u8, alive.LocalAddress).IsOk);

        Assert.Equal("kept", Bytes.Text(DatagramRig.Receive(alive)));
        Assert.Equal((Errno.ECONNREFUSED, nobody), (Assert.Single(errors).Errno, errors.First().Peer));
    }

    // The receive buffer is full, so nothing of them can be queued: not even then is an error that a flush meets its own.
    [Theory, EngineData(SocketScheme.Udp4, InlineOnly = true)]
    public async Task ErrorsThatComeAllTheTime_LoseNoOthersDatagram(EngineCase engine)
    {
        const int Count = 3_000;
        ConcurrentQueue<DatagramError> errors = new();
        var options = new DatagramOptions { TellsErrors = true, OnError = errors.Enqueue };
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, options, "?rcvbuf=4k");
        using KernelSocket alive = rig.BoundPeer();
        KernelAddress nobody = AddressOfNobody(rig);
        while (rig.Channel.DroppedDatagrams == 0)
            DatagramRig.Send(alive, "fills", rig.Address);
        using var stop = new CancellationTokenSource();
        Task[] noise = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            // Past the channel, as another process may that has the socket too.
            while (!stop.IsCancellationRequested)
                rig.Channel.Socket.SendTo("lost"u8, nobody);
        }))];

        for (int i = 0; i < Count; i++)
        {
            byte[] kept = BitConverter.GetBytes(i);
            Assert.True(rig.Channel.TryWrite(kept, alive.LocalAddress));
            await rig.Channel.FlushAsync().AsTask().InTime();
            Assert.Equal(kept, DatagramRig.Receive(alive));
        }

        await stop.CancelAsync();
        await Task.WhenAll(noise).InTime();
        Assert.All(errors, error => Assert.Equal((Errno.ECONNREFUSED, nobody), (error.Errno, error.Peer)));
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task ARun_IsSentToItsEnd_ThoughAnErrorIsThrown(EngineCase engine)
    {
        const int Size = 100;
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine, new DatagramOptions { Offload = false });
        await using DatagramRig owned = rig;
        KernelAddress address = peer.LocalAddress;
        peer.Dispose();
        Assert.True(rig.Channel.TrySend("anybody?"u8).IsOk);
        using var back = KernelSocket.Create(address.Family, Uapi.SOCK_DGRAM);
        back.Bind(address);
        byte[] run = Bytes.Pattern(200 * Size);

        SocketCallException refusal = await Assert.ThrowsAsync<SocketCallException>(() => rig.Channel.SendAsync(run, Size).AsTask().InTime());

        Assert.Equal(Errno.ECONNREFUSED, refusal.Errno);
        for (int offset = 0; offset < run.Length; offset += Size)
            Assert.Equal(run[offset..(offset + Size)], DatagramRig.Receive(back));
    }

    private static KernelAddress AddressOfNobody(DatagramRig rig)
    {
        using KernelSocket gone = rig.BoundPeer();
        return gone.LocalAddress;
    }
}
