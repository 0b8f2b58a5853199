using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Connections;

/// <summary>What an idle connection costs in managed memory, everything included: connection, reader, writer, handles, waiting handler.</summary>
[Collection(nameof(Alone))]
public sealed class IdleMemoryTests
{
    private const int LimitBytes = 800;
    private const int LeastBytes = 200;
    private const int FirstCount = 500;
    private const int MaxAttempts = 3;

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix)]
    public async Task Idle_AfterAMessageEach_HoldsAtMost800ManagedBytes(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using LoopGroup loops = engine.CreateLoops(1, new LoopOptions());
        await using Server server = await Server.StartAsync(new ServerOptions { Urls = [engine.Listen(folder)], Loops = loops }, StandardHandlers.Echo);
        KernelAddress address = server.Listeners[0].LocalAddress;
        var peers = new List<int>();
        try
        {
            // What earlier tests have left in pools may be let go between two readings: then they say nothing about connections.
            double each = 0;
            for (int attempt = 0; attempt < MaxAttempts && each < LeastBytes; attempt++)
                each = await BytesEach(server, peers, Count(engine), address);

            Assert.InRange(each, LeastBytes, LimitBytes);
        }
        finally
        {
            peers.ForEach(peer => Sys.Close(peer));
        }
    }

    // Both ends are in this process. Where each wait costs all connections, a fourth of the time is enough.
    private static int Count(EngineCase engine)
    {
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        return (int)Math.Min(engine.Engine == "epoll" ? 4000UL : 2000UL, (limit.rlim_cur - 200) / 2);
    }

    private static async Task<double> BytesEach(Server server, List<int> peers, int lastCount, KernelAddress address)
    {
        foreach (int peer in peers.Skip(FirstCount))
            Sys.Close(peer);
        peers.RemoveRange(Math.Min(FirstCount, peers.Count), Math.Max(0, peers.Count - FirstCount));
        Open(peers, FirstCount, address);
        long before = await ManagedBytes(server, FirstCount);
        Open(peers, lastCount, address);
        long after = await ManagedBytes(server, lastCount);
        return (double)(after - before) / (lastCount - FirstCount);
    }

    private static void Open(List<int> peers, int count, KernelAddress address)
    {
        byte[] message = new byte[64];
        while (peers.Count < count)
        {
            int peer = Sys.Socket(address.Family, SOCK_STREAM | SOCK_CLOEXEC, 0).Value;
            peers.Add(peer);
            Assert.True(Sys.Connect(peer, address.Bytes).IsOk);
            Assert.Equal(message.Length, Sys.Send(peer, message, 0).Value);
            Assert.Equal(message.Length, Sys.Recv(peer, message, MSG_WAITALL).Value);
        }
    }

    private static async Task<long> ManagedBytes(Server server, int connections)
    {
        await Eventually.True(() => server.Statistics is { BufferedBytes: 0 } now && now.Connections == connections);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
