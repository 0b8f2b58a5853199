using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Connections;

/// <summary>What an idle connection costs in managed memory, everything included: connection, reader, writer, handles, waiting handler.</summary>
[Collection(nameof(Alone))]
public sealed class IdleMemoryTests
{
    private const int LimitBytes = 800;
    private const int FirstCount = 500;

    [Theory]
    [InlineData(LoopScheduling.Inline)]
    [InlineData(LoopScheduling.ThreadPool)]
    public async Task Idle_AfterAMessageEach_HoldsAtMost800ManagedBytes(LoopScheduling scheduling)
    {
        await using var loops = new LoopGroup(1, new LoopOptions { Scheduling = scheduling });
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [SocketUrl.Unix($"@weir-idle-{Guid.NewGuid():N}")], Loops = loops }, StandardHandlers.Echo);
        KernelAddress address = server.Listeners[0].LocalAddress;
        var peers = new List<int>();
        try
        {
            int lastCount = Count();
            Open(peers, FirstCount, address);
            long before = await ManagedBytes(server, FirstCount);
            Open(peers, lastCount, address);
            long after = await ManagedBytes(server, lastCount);

            Assert.InRange((double)(after - before) / (lastCount - FirstCount), 200, LimitBytes);
        }
        finally
        {
            peers.ForEach(peer => Sys.Close(peer));
        }
    }

    // Both ends are in this process.
    private static int Count()
    {
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        return (int)Math.Min(4000, (limit.rlim_cur - 200) / 2);
    }

    private static void Open(List<int> peers, int count, KernelAddress address)
    {
        byte[] message = new byte[64];
        while (peers.Count < count)
        {
            int peer = Sys.Socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0).Value;
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

/// <summary>For tests that count what the whole process does: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
