using System.Net;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Datagrams;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying.Messages;

/// <summary>Datagram to datagram: a session for each peer, with a time-out and a limit.</summary>
public sealed class DatagramRelayContract
{
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram, InlineOnly = true)]
    public async Task EachPeer_GetsItsOwnAnswers(EngineCase engine)
    {
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(engine);
        using KernelSocket one = rig.Peer();
        using KernelSocket other = rig.Peer();
        foreach ((KernelSocket peer, string text) in (ReadOnlySpan<(KernelSocket, string)>)[(one, "a"), (other, "b"), (one, ""), (other, "c")])
        {
            DatagramRig.Send(peer, text, rig.Address);
            (string seen, KernelAddress from) = rig.ReceiveAtBackend();
            Assert.Equal(text, seen);
            DatagramRig.Send(rig.Backend, $"re {text}", from);
            Assert.Equal($"re {text}", Bytes.Text(DatagramRig.Receive(peer)));
        }

        // An answer is counted when it has been sent, and so may be received before.
        await Eventually.True(() => rig.Relay.Statistics.SentBackBytes == 15);
        RelayStatistics statistics = rig.Relay.Statistics;
        Assert.Equal((2, 2L, 3L, 15L), (statistics.Connections, statistics.Accepted, statistics.SentToBytes, statistics.SentBackBytes));
    }

    // What comes meanwhile waits, in order, and holds nobody up.
    [Theory, EngineData(SocketScheme.Udp4, InlineOnly = true)]
    public async Task ABackendWithAName_GetsWhatCameWhileItWasLookedUp(EngineCase engine)
    {
        using var named = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        named.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
        string url = named.LocalAddress.Describe(SocketScheme.Udp4).Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(
            engine, configure: options => options with { To = [RelayEndpoint.Parse(url, RelaySide.To)] });
        KernelSocket[] peers = [.. Enumerable.Range(0, 20).Select(_ => rig.Peer())];
        for (int i = 0; i < 4; i++)
        {
            foreach (KernelSocket peer in peers)
                DatagramRig.Send(peer, $"{i}", rig.Address);
        }

        Dictionary<KernelAddress, string> texts = [];
        byte[] buffer = new byte[10];
        for (int i = 0; i < 80; i++)
        {
            Assert.True(named.WaitFor(POLLIN, Deadline.Generous), $"{i} came in time");
            int length = named.ReceiveFrom(buffer, out KernelAddress from).Value;
            texts[from] = texts.GetValueOrDefault(from, "") + Bytes.Text(buffer.AsSpan(0, length));
        }

        Assert.Equal(Enumerable.Repeat("0123", 20), texts.Values);
        Assert.Equal((20L, 0L), (rig.Relay.Statistics.Accepted, rig.Relay.Statistics.Dropped));
        Array.ForEach(peers, peer => peer.Dispose());
    }

    // One socket of a peer that speaks to two addresses of ours has two conversations.
    [Theory, EngineData(SocketScheme.Udp4, InlineOnly = true)]
    public async Task AnAnswer_ComesFromTheAddressThatWasAsked(EngineCase engine)
    {
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(engine, from: "udp4://0.0.0.0:0");
        using KernelSocket peer = rig.Peer();
        foreach (string asked in (string[])["127.0.0.1", "127.0.0.5", "127.0.0.1"])
        {
            var to = KernelAddress.FromIPAddress(IPAddress.Parse(asked), rig.Address.Port);
            DatagramRig.Send(peer, "x", to);
            (_, KernelAddress from) = rig.ReceiveAtBackend();
            DatagramRig.Send(rig.Backend, "y", from);

            Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));
            peer.ReceiveFrom(new byte[10], out KernelAddress answeredFrom);
            Assert.Equal(to, answeredFrom);
        }

        Assert.Equal(2, rig.Relay.Statistics.Connections);
    }

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram, InlineOnly = true)]
    public async Task ASilentSession_EndsInTime_AndLeavesItsPlace(EngineCase engine)
    {
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(
            engine, configure: options => options with { MaxConnections = 1, IdleTimeout = TimeSpan.FromMilliseconds(300) });
        using KernelSocket first = rig.Peer();
        using KernelSocket second = rig.Peer();
        // It is kept alive until the other one has been turned away, and then falls silent.
        await Eventually.True(() =>
        {
            DatagramRig.Send(first, "first", rig.Address);
            DatagramRig.Send(second, "second", rig.Address);
            return rig.Relay.Statistics.Dropped > 0;
        });

        await Eventually.True(() =>
        {
            DatagramRig.Send(second, "second", rig.Address);
            return rig.Backend.WaitFor(POLLIN, TimeSpan.FromMilliseconds(10)) && rig.ReceiveAtBackend().Text == "second";
        });

        ServerEvent limit = Assert.Single(rig.Events);
        Assert.Equal("1 session is open, which is the limit; datagrams of further peers are dropped", limit.Message);
    }

    // A session whose backend has refused may be followed by the next one before it has gone.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram, InlineOnly = true)]
    public async Task SessionsThatTheBackendRefuses_AllEnd(EngineCase engine)
    {
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(engine);
        rig.Backend.Dispose();
        if (engine.Family == SocketScheme.UnixGram)
            File.Delete(rig.BackendPath);
        using KernelSocket peer = rig.Peer();
        await Eventually.True(() =>
        {
            for (int i = 0; i < 50; i++)
                DatagramRig.Send(peer, "x", rig.Address);
            return rig.Relay.Statistics is { Accepted: > 5 } or { Dropped: > 500 };
        });

        await Eventually.True(() => rig.Relay.Statistics.Connections == 0);
        Assert.Equal(0, await rig.Relay.StopAsync(Deadline.Generous).InTime());
    }

    [Theory, EngineData(SocketScheme.Udp4, InlineOnly = true)]
    public async Task ADeadBackend_IsPassedOver_AndToldOnce(EngineCase engine)
    {
        var gone = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        gone.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
        string dead = gone.LocalAddress.Describe(SocketScheme.Udp4);
        gone.Dispose();
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(
            engine, before: [dead], configure: options => options with { ProbeInterval = Timeout.InfiniteTimeSpan });
        using KernelSocket peer = rig.Peer();
        await Eventually.True(() =>
        {
            DatagramRig.Send(peer, "hello", rig.Address);
            return rig.Backend.WaitFor(POLLIN, TimeSpan.FromMilliseconds(10));
        });

        ServerEvent down = Assert.Single(rig.Events);
        Assert.Equal($"backend {dead}: ECONNREFUSED; used when no other is left", down.Message);
    }

    [Theory, EngineData(SocketScheme.Udp4, InlineOnly = true)]
    public async Task Stop_LetsAnswersCome(EngineCase engine)
    {
        await using DatagramRelayRig rig = await DatagramRelayRig.StartAsync(engine);
        using KernelSocket peer = rig.Peer();
        DatagramRig.Send(peer, "question", rig.Address);
        (_, KernelAddress from) = rig.ReceiveAtBackend();

        Task<int> stopped = rig.Relay.StopAsync(Deadline.Generous);
        DatagramRig.Send(rig.Backend, "answer", from);

        Assert.Equal("answer", Bytes.Text(DatagramRig.Receive(peer)));
        Assert.Equal(0, await stopped.InTime());
    }
}
