using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Datagrams;

/// <summary>Where datagrams cannot be joined, in either direction: nothing is lost, and what can be joined still is.</summary>
public sealed class JoiningContract
{
    // linux/in6.h and asm-generic/socket.h: the size that packets of a socket are cut to, and sending without checksums.
    private const int IPV6_MTU = 24;
    private const int SO_NO_CHECK = 11;

    // Several of one sender arrive in one piece, which is longer than a slot that has room for any one of them.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task ShortSlots_LoseNothingOfWhatCameJoined(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { MaxDatagramBytes = 1_000 });
        await SendTextsAsync(rig, count: 50, length: 100);

        await ExpectWholeAsync(rig, count: 50, length: 100);
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task WithoutOffload_TheUrlJoinsNothingEither(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { Offload = false }, "?gro=on");
        await SendTextsAsync(rig, count: 50, length: 100);

        await ExpectWholeAsync(rig, count: 50, length: 100);
    }

    // EINVAL, since Linux 6.14 EMSGSIZE: UDP_SEGMENT makes no datagram that would have to be fragmented (udp(7)).
    [Theory, EngineData(SocketScheme.Udp6)]
    public async Task WhatIsTooLongForTheRoute_IsSentOneByOne_AndShorterOnesJoined(EngineCase engine)
    {
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        using KernelSocket receiver = peer;
        peer.Set(SocketOptions.UdpReceiveOffload, value: true);
        Set(rig.Channel.Socket, IPPROTO_IPV6, IPV6_MTU, 1280);

        await SendAsync(rig.Channel, count: 10, length: 2_000);
        for (int i = 0; i < 10; i++)
            Assert.Equal(Bytes.Pattern(2_000, i), DatagramRig.Receive(peer));
        await SendAsync(rig.Channel, count: 10, length: 100);

        Assert.Equal(10 * 100, DatagramRig.Receive(peer).Length);
        Assert.Equal(20, rig.Channel.SentCount);
    }

    // As on a device that computes no checksums, before Linux 6.10.
    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task WhatCannotBeJoinedAtAll_IsSentOneByOne(EngineCase engine)
    {
        (DatagramRig rig, KernelSocket peer) = await DatagramRig.ConnectAsync(engine);
        await using DatagramRig owned = rig;
        using KernelSocket receiver = peer;
        Set(rig.Channel.Socket, SOL_SOCKET, SO_NO_CHECK, 1);
        for (int round = 0; round < 3; round++)
        {
            await SendAsync(rig.Channel, count: 10, length: 100);
            for (int i = 0; i < 10; i++)
                Assert.Equal(Bytes.Pattern(100, i), DatagramRig.Receive(peer));
        }

        Assert.Equal(30, rig.Channel.SentCount);
    }

    // The first of them is answered by ICMP before the second is sent.
    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task AnEarlierError_CostsNoDatagramThatIsSentAlone(EngineCase engine)
    {
        List<DatagramError> errors = [];
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { TellsErrors = true, OnError = errors.Add });
        KernelSocket gone = rig.BoundPeer();
        KernelAddress nobody = gone.LocalAddress;
        gone.Dispose();
        Set(rig.Channel.Socket, SOL_SOCKET, SO_NO_CHECK, 1);
        for (int i = 0; i < 5; i++)
            Assert.True(rig.Channel.TryWrite(new byte[100], nobody));

        await rig.Channel.FlushAsync().AsTask().InTime();

        Assert.Equal(5, rig.Channel.SentCount);
        Assert.All(errors, error => Assert.Equal((Errno.ECONNREFUSED, nobody), (error.Errno, error.Peer)));
    }

    // One peer that no way leads to does not cost all others the joining.
    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task AnUnreachablePeer_LeavesTheOthersJoined(EngineCase engine)
    {
        List<DatagramError> errors = [];
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { OnError = errors.Add });
        using KernelSocket peer = rig.BoundPeer();
        peer.Set(SocketOptions.UdpReceiveOffload, value: true);
        // Nobody is sent to from 127.0.0.1 at a broadcast address (EACCES without SO_BROADCAST).
        var unreachable = KernelAddress.FromIPAddress(System.Net.IPAddress.Broadcast, port: 9);
        for (int i = 0; i < 2; i++)
            Assert.True(rig.Channel.TryWrite(new byte[100], unreachable));
        for (int i = 0; i < 10; i++)
            Assert.True(rig.Channel.TryWrite(new byte[100], peer.LocalAddress));

        await rig.Channel.FlushAsync().AsTask().InTime();
        Assert.Equal(1_000, DatagramRig.Receive(peer).Length);
        for (int i = 0; i < 10; i++)
            Assert.True(rig.Channel.TryWrite(new byte[100], peer.LocalAddress));
        await rig.Channel.FlushAsync().AsTask().InTime();

        Assert.Equal(1_000, DatagramRig.Receive(peer).Length);
        Assert.Equal([unreachable, unreachable], errors.Select(error => error.Peer));
    }

    private static void Set(KernelSocket socket, int level, int option, int value) =>
        Assert.True(Sys.SetSockOpt(socket.Fd.Number, level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(ref value))).IsOk);

    private static async Task SendTextsAsync(DatagramRig rig, int count, int length)
    {
        await using DatagramChannel sender = await rig.ConnectToAsync(rig.Address);
        await SendAsync(sender, count, length);
    }

    private static async Task SendAsync(DatagramChannel channel, int count, int length)
    {
        for (int i = 0; i < count; i++)
            Assert.True(channel.TryWrite(Bytes.Pattern(length, i)));
        await channel.FlushAsync().AsTask().InTime();
    }

    private static async Task ExpectWholeAsync(DatagramRig rig, int count, int length)
    {
        for (int received = 0; received < count;)
        {
            foreach (ReceivedDatagram datagram in await rig.Channel.ReceiveAsync().AsTask().InTime())
            {
                Assert.False(datagram.IsTruncated);
                Assert.Equal(Bytes.Pattern(length, received++), datagram.Bytes.ToArray());
            }
        }
    }
}
