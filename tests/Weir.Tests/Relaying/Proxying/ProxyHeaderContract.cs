using Weir.Linux;
using Weir.Sockets;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Relaying.Proxying;

/// <summary>PROXY headers through a relay: taken, passed on, and what becomes of clients that have none.</summary>
public sealed class ProxyHeaderContract
{
    private const string Header = "PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n";

    // The same in version 2.
    private static readonly byte[] s_header2 =
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 192, 0, 2, 2, 1111 >> 8, 1111 & 0xFF, 2222 >> 8, 2222 & 0xFF];

    [Theory, EngineData]
    public async Task AHeader_IsTakenAway_AndPassedOn_HoweverItIsSplit(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, StandardHandlers.Echo, options => options with { TakesProxyHeader = true, SendsProxyHeader = ProxyProtocol.V1 });
        using Peer whole = rig.Connect();
        whole.Send(Header + "hello");
        whole.Expect(Header + "hello");

        using Peer split = rig.Connect();
        foreach (char character in Header)
        {
            split.Send($"{character}");
            await Turn.AfterAsync(rig.Loops.Loops[0]);
        }

        split.Send("hello");
        split.Expect(Header + "hello");
        Assert.Empty(rig.Events);
    }

    [Theory, EngineData]
    public async Task AHeaderOfVersion2_IsTakenAway_HoweverItIsSplit(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, StandardHandlers.Echo, options => options with { TakesProxyHeader = true, SendsProxyHeader = ProxyProtocol.V1 });
        using Peer whole = rig.Connect();
        whole.Send([.. s_header2, .. "hello"u8]);
        whole.Expect(Header + "hello");

        using Peer split = rig.Connect();
        foreach (byte piece in s_header2)
        {
            split.Send([piece]);
            await Turn.AfterAsync(rig.Loops.Loops[0]);
        }

        split.Send("hello");
        split.Expect(Header + "hello");
        Assert.Empty(rig.Events);
    }

    [Theory, EngineData]
    public async Task MalformedVersion2_IsReset_AndCostsOthersNothing(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(engine, StandardHandlers.Echo, options => options with { TakesProxyHeader = true });
        using Peer fine = rig.Connect();
        fine.Send(s_header2);
        (int Index, byte Value)[] faults = [(11, (byte)'X'), (12, 0x31), (12, 0x22), (13, 0x41), (15, 11), (14, 0xFF)];
        foreach ((int index, byte value) in faults)
        {
            byte[] bad = [.. s_header2];
            bad[index] = value;
            using Peer peer = rig.Connect();
            peer.Send(bad);
            Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
        }

        fine.Send("still here");
        fine.Expect("still here");
        Assert.Equal(ServerEventKind.ProxyHeaderRejected, Assert.Single(rig.Events).Kind);
    }

    [Theory, EngineData]
    public async Task WithoutAHeaderToPassOn_TheClientsOwnAddressIsSent(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, StandardHandlers.Echo, options => options with { SendsProxyHeader = ProxyProtocol.V1 });
        using Peer peer = rig.Connect();
        KernelAddress own = peer.Socket.LocalAddress;
        string expected = engine.IsTcp
            ? $"PROXY {(own.IsIPv6 ? "TCP6" : "TCP4")} {own.ToIPEndPoint().Address} {own.ToIPEndPoint().Address} {own.Port} {rig.Relay.Listeners[0].LocalAddress.Port}\r\n"
            : "PROXY UNKNOWN\r\n";
        peer.Send("hello");
        peer.Expect(expected + "hello");
    }

    [Theory, EngineData]
    public async Task MissingMalformedOrLate_IsReset_ToldOnce_AndCostsOthersNothing(EngineCase engine)
    {
        await using RelayRig rig = await RelayRig.StartAsync(
            engine,
            StandardHandlers.Echo,
            options => options with { TakesProxyHeader = true, ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using Peer fine = rig.Connect();
        fine.Send(Header);
        using Peer late = rig.Connect();
        late.Send("PROXY TCP4 1");
        foreach (string bad in new[] { "GET / HTTP/1.1\r\n", "PROXY TCP9 x\r\n" })
        {
            using Peer peer = rig.Connect();
            peer.Send(bad);
            Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, peer.ReceiveError());
        }

        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, late.ReceiveError());
        using Peer early = rig.Connect();
        early.Send("PROXY");
        early.FinishSending();
        Assert.Equal(engine.IsTcp ? Errno.ECONNRESET : Errno.None, early.ReceiveError());
        fine.Send("still here");
        fine.Expect("still here");
        ServerEvent told = Assert.Single(rig.Events);
        Assert.Equal(ServerEventKind.ProxyHeaderRejected, told.Kind);
        Assert.EndsWith("the PROXY header is missing; it is reset", told.Message);
    }

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task HashGoesByTheHeadersAddress(EngineCase engine)
    {
        await using Rig first = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using Rig second = await Rig.StartAsync(engine, StandardHandlers.Echo);
        await using RelayRig rig = await RelayRig.StartAsync(
            engine, [first.Url, second.Url], options => options with { TakesProxyHeader = true, Balance = RelayBalance.Hash });
        for (int i = 0; i < 10; i++)
        {
            using Peer peer = rig.Connect();
            peer.Send($"PROXY TCP4 192.0.2.1 192.0.2.2 {1000 + i} 80\r\nhello");
            peer.Expect("hello");
        }

        long[] served = [first.Server.Statistics.Accepted, second.Server.Statistics.Accepted];
        Assert.Equal([0L, 10L], served.Order());
    }
}
