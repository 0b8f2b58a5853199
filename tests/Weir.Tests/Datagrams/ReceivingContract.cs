using System.Net;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Datagrams;

public sealed class ReceivingContract
{
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6, SocketScheme.UnixGram)]
    public async Task Datagrams_ArriveWholeInOrder_AlsoEmptyOnes(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        foreach (string text in (string[])["one", "", "three", ""])
            DatagramRig.Send(peer, text, rig.Address);

        Assert.Equal(["one", "", "three", ""], await rig.ReceiveTextsAsync(4));
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task Receive_Waits_AndKnowsTheSender(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync().AsTask();
        Assert.False(receiving.IsCompleted);

        DatagramRig.Send(peer, "hello", rig.Address);

        ReceivedDatagrams batch = await receiving.InTime();
        Assert.Equal(1, batch.Count);
        Assert.Equal(peer.LocalAddress, batch[0].Peer);
        Assert.False(batch[0].IsTruncated);
    }

    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task ASenderWithoutAName_IsUnnamed(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using var peer = KernelSocket.Create(AF_UNIX, SOCK_DGRAM);
        DatagramRig.Send(peer, "who am I?", rig.Address);

        ReceivedDatagrams batch = await rig.Channel.ReceiveAsync().AsTask().InTime();

        Assert.True(batch[0].Peer.Bytes.IsEmpty || batch[0].Peer.IsUnnamed);
    }

    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task AnEcho_PassesOverWhoHasNoName(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        Task echoing = StandardHandlers.Echo(rig.Channel);
        using var unnamed = KernelSocket.Create(AF_UNIX, SOCK_DGRAM);
        using KernelSocket named = rig.BoundPeer();
        DatagramRig.Send(unnamed, "who am I?", rig.Address);
        DatagramRig.Send(named, "and I?", rig.Address);

        Assert.Equal("and I?", Bytes.Text(DatagramRig.Receive(named)));
        rig.Channel.StopReading();
        await echoing.InTime();
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task ALongDatagram_IsCut_AndSaysSo(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, new DatagramOptions { MaxDatagramBytes = 8 });
        using KernelSocket peer = rig.BoundPeer();
        DatagramRig.Send(peer, "0123456789", rig.Address);

        ReceivedDatagrams batch = await rig.Channel.ReceiveAsync().AsTask().InTime();

        Assert.Equal("01234567", Bytes.Text(batch[0].Bytes));
        Assert.True(batch[0].IsTruncated);
        Assert.Equal(10, batch[0].FullLengthBytes);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task TheLargestDatagram_ArrivesWhole(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        byte[] largest = Bytes.Pattern(65_507);
        DatagramRig.Send(peer, largest, rig.Address);

        ReceivedDatagrams batch = await rig.Channel.ReceiveAsync().AsTask().InTime();

        Assert.True(largest.AsSpan().SequenceEqual(batch[0].Bytes));
        Assert.False(batch[0].IsTruncated);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.Udp6)]
    public async Task ADestination_IsToldOnRequest(EngineCase engine)
    {
        string any = engine.Family == SocketScheme.Udp4 ? "udp4://0.0.0.0:0" : "udp6://[::]:0";
        IPAddress asked = engine.Family == SocketScheme.Udp4 ? IPAddress.Parse("127.0.0.7") : IPAddress.IPv6Loopback;
        await using LoopGroupOwner loops = new(engine);
        await using DatagramChannel channel = await DatagramChannel.BindAsync(
            SocketUrl.Parse(any), new DatagramOptions { Loops = loops.Loops, TellsDestination = true });
        var to = KernelAddress.FromIPAddress(asked, channel.LocalAddress.Port);
        using var peer = KernelSocket.Create(to.Family, SOCK_DGRAM);
        peer.Connect(to, TimeSpan.Zero);
        Assert.True(peer.Send("where?"u8).IsOk);

        ReceivedDatagrams batch = await channel.ReceiveAsync().AsTask().InTime();

        Assert.Equal(asked, batch[0].LocalAddress.ToIPEndPoint().Address);
        Assert.Equal(asked, batch[0].Destination.ToIPEndPoint().Address);
        Assert.Equal(1u, batch[0].InterfaceIndex);
        // A connected peer takes an answer from nobody else.
        Assert.True(channel.TryWrite("here"u8, batch[0].Peer, batch[0].LocalAddress));
        await channel.FlushAsync();
        Assert.Equal("here", Bytes.Text(DatagramRig.Receive(peer)));
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task ABurstBeyondTheReceiveBuffer_IsCounted(EngineCase engine)
    {
        const int Burst = 2_000;
        await using DatagramRig rig = await DatagramRig.BindAsync(engine, query: "?rcvbuf=8k");
        using KernelSocket peer = rig.BoundPeer();
        byte[] bytes = new byte[200];
        for (int i = 0; i < Burst; i++)
            DatagramRig.Send(peer, bytes, rig.Address);

        rig.Channel.StopReading();
        int received = 0;
        while (await rig.Channel.ReceiveAsync().AsTask().InTime() is { IsEnd: false } batch)
            received += batch.Count;

        Assert.InRange(received, 1, Burst - 1);
        Assert.Equal(Burst - received, rig.Channel.DroppedDatagrams);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task StopReading_DeliversWhatHasArrived_AndThenEnds(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        DatagramRig.Send(peer, "before", rig.Address);

        rig.Channel.StopReading();
        SysResult late = peer.SendTo("after"u8, rig.Address);

        Assert.Equal(["before"], await rig.ReceiveTextsAsync(2));
        Assert.True((await rig.Channel.ReceiveAsync().AsTask().InTime()).IsEnd);
        Assert.Equal(engine.Family == SocketScheme.UnixGram ? Errno.EPIPE : Errno.None, late.Errno);
        // It was told to take no more: nothing was lost for want of room.
        Assert.Equal(0, rig.Channel.DroppedDatagrams);
    }

    // It is somebody else's as well, who may start the next server on it.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task StopReading_LeavesAnInheritedSocketAsItIs(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket kept = rig.BoundPeer();
        using KernelSocket peer = rig.BoundPeer();
        foreach (string text in (string[])["first", "second"])
        {
            await using DatagramChannel channel = await DatagramChannel.BindAsync(
                SocketUrl.Parse($"fd://{Sys.Duplicate(kept.Fd.Number).Value}"), new DatagramOptions { Loops = rig.Loops });
            DatagramRig.Send(peer, text, kept.LocalAddress);

            channel.StopReading();

            Assert.Equal(text, Bytes.Text((await channel.ReceiveAsync().AsTask().InTime())[0].Bytes));
            Assert.True((await channel.ReceiveAsync().AsTask().InTime()).IsEnd);
        }

        DatagramRig.Send(peer, "third", kept.LocalAddress);
        Assert.Equal("third", Bytes.Text(DatagramRig.Receive(kept)));
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task TheEndOfTheLoops_EndsAReceiveThatWaits(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync().AsTask();

        await rig.Loops.DisposeAsync().AsTask().InTime();

        Assert.True((await receiving.InTime()).IsEnd);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task Close_EndsAReceiveThatWaits(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync().AsTask();

        await rig.Channel.CloseAsync().InTime();

        Assert.True((await receiving.InTime()).IsEnd);
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task Cancel_EndsAReceiveThatWaits_AndTheNextOneWorks(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        using var cancellation = new CancellationTokenSource();
        Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync(cancellation.Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await rig.Channel.ReceiveAsync());

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.InTime());
        DatagramRig.Send(peer, "later", rig.Address);
        Assert.Equal(["later"], await rig.ReceiveTextsAsync(1));
    }

    [Theory, EngineData(SocketScheme.Udp4)]
    public async Task AGroup_IsJoinedByTheUrl_AndLeft(EngineCase engine)
    {
        await using LoopGroupOwner loops = new(engine);
        var group = KernelAddress.FromIPAddress(IPAddress.Parse("239.255.77.1"), port: 0);
        await using DatagramChannel channel = await DatagramChannel.BindAsync(
            SocketUrl.Parse("udp4://0.0.0.0:0?join=239.255.77.1@lo"), new DatagramOptions { Loops = loops.Loops });
        using var peer = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        // struct ip_mreqn's short form: the index of the interface that multicast leaves by is chosen by one of its addresses.
        Assert.True(Sys.SetSockOpt(peer.Fd.Number, IPPROTO_IP, IP_MULTICAST_IF, IPAddress.Loopback.GetAddressBytes()).IsOk);
        KernelAddress to = group.WithPort(channel.LocalAddress.Port);
        DatagramRig.Send(peer, "to the group", to);

        ReceivedDatagrams batch = await channel.ReceiveAsync().AsTask().InTime();

        Assert.Equal("to the group", Bytes.Text(batch[0].Bytes));
        channel.LeaveGroup(group, interfaceIndex: 1);
        SocketCallException again = Assert.Throws<SocketCallException>(() => channel.LeaveGroup(group, interfaceIndex: 1));
        Assert.Equal(Errno.EADDRNOTAVAIL, again.Errno);
        channel.JoinGroup(group, interfaceIndex: 1);
    }

    [Fact]
    public async Task AGroupThatIsTheAddress_IsJoinedWhereTheQuerySays()
    {
        await using DatagramChannel channel = await DatagramChannel.BindAsync(SocketUrl.Parse("udp4://239.255.77.2:0?join=239.255.77.2@lo"));
        var group = KernelAddress.FromIPAddress(IPAddress.Parse("239.255.77.2"), port: 0);

        // The one membership there is: it is on the loopback interface, and none is where the routing table leads.
        channel.LeaveGroup(group, interfaceIndex: 1);
        SocketCallException again = Assert.Throws<SocketCallException>(() => channel.LeaveGroup(group));
        Assert.Equal(Errno.EADDRNOTAVAIL, again.Errno);
    }

    // Where the query names no interface, the address's is meant and not the routing table's.
    [Theory, InlineData("@lo"), InlineData("")]
    public async Task AnIPv6GroupThatIsTheAddress_IsJoinedOnce(string where)
    {
        await using DatagramChannel channel = await DatagramChannel.BindAsync(SocketUrl.Parse($"udp6://[ff12::77:2%lo]:0?join=ff12::77:2{where}"));
        var group = KernelAddress.FromIPAddress(IPAddress.Parse("ff12::77:2"), port: 0);

        channel.LeaveGroup(group, interfaceIndex: 1);
    }

    [Fact]
    public async Task AnInheritedSocket_JoinsTheGroup_AlsoWhenItHasJoinedAlready()
    {
        var group = KernelAddress.FromIPAddress(IPAddress.Parse("239.255.77.3"), port: 0);
        using var kept = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        kept.Bind(KernelAddress.FromIPAddress(IPAddress.Any, port: 0));
        for (int i = 0; i < 2; i++)
        {
            await using DatagramChannel channel = await DatagramChannel.BindAsync(Joining());
            Assert.Equal(Errno.EADDRINUSE, Assert.Throws<SocketCallException>(() => channel.JoinGroup(group, interfaceIndex: 1)).Errno);
        }

        kept.LeaveGroup(group, interfaceIndex: 1);
        var handlers = new ServerHandlers
        {
            Datagrams = StandardHandlers.Echo,
        };
        await using (await Server.StartAsync(new ServerOptions { Urls = [Joining()] }, handlers))
            kept.LeaveGroup(group, interfaceIndex: 1);

        SocketUrl Joining() => SocketUrl.Parse($"fd://{Sys.Duplicate(kept.Fd.Number).Value}?join=239.255.77.3@lo");
    }

    [Fact]
    public async Task AConnectedChannel_RefusesToJoin()
    {
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(
            () => DatagramChannel.ConnectAsync(SocketUrl.Parse("udp4://127.0.0.1:9?join=239.255.77.4@lo")));
        Assert.Contains("join=239.255.77.4@1 is for listening", refused.Message, StringComparison.Ordinal);
    }

    // What is sent to it arrives in MulticastTests: loopback has no way to an IPv6 group.
    [Theory, EngineData(SocketScheme.Udp6, InlineOnly = true)]
    public async Task AnIPv6Group_IsJoinedOnAnInterface_AndLeft(EngineCase engine)
    {
        await using LoopGroupOwner loops = new(engine);
        var group = KernelAddress.FromIPAddress(IPAddress.Parse("ff12::77:1"), port: 0);
        await using DatagramChannel channel = await DatagramChannel.BindAsync(
            SocketUrl.Parse("udp6://[::]:0"), new DatagramOptions { Loops = loops.Loops });

        channel.JoinGroup(group, interfaceIndex: 1);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<SocketCallException>(() => channel.JoinGroup(group, interfaceIndex: 1)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<SocketCallException>(() => channel.JoinGroup(group, interfaceIndex: 999_999)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SocketCallException>(() => channel.JoinGroup(channel.LocalAddress, interfaceIndex: 1)).Errno);
        channel.LeaveGroup(group, interfaceIndex: 1);
        Assert.Equal(Errno.EADDRNOTAVAIL, Assert.Throws<SocketCallException>(() => channel.LeaveGroup(group, interfaceIndex: 1)).Errno);
    }
}
