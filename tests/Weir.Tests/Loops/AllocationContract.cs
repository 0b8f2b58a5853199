using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Loops;

/// <summary>A request in steady state allocates nothing: not in the engine, not in the handler's waits, not on the way between threads.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationContract
{
    private const int WarmUp = 2_000;
    private const int Requests = 20_000;
    private const int MessageBytes = 64;

    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix)]
    public async Task Echo_AllocatesNothingPerRequest(EngineCase engine) => await MeasureAsync(engine, StandardHandlers.Echo);

    [Theory, EngineData(SocketScheme.Tcp4)]
    public async Task ReadUntilAndFlush_AllocateNothingPerRequest(EngineCase engine) => await MeasureAsync(engine, async connection =>
    {
        byte[] delimiter = "\n"u8.ToArray();
        while (true)
        {
            var line = await connection.Input.ReadUntilAsync(delimiter, limitBytes: 1000).ConfigureAwait(false);
            if (line.IsEmpty)
                return;
            line.FirstSpan.CopyTo(connection.Output.GetSpan((int)line.Length));
            connection.Output.Advance((int)line.Length);
            connection.Input.AdvanceTo(line.End);
            await connection.Output.FlushAsync().ConfigureAwait(false);
        }
    });

    // The kernel refuses most of these, so the queue and the wait for it are measured, too.
    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix)]
    public async Task FlushThatWaits_AllocatesNothing(EngineCase engine)
    {
        const int Message = 64 * 1024;
        byte[] message = new byte[Message];
        await using Rig rig = await Rig.StartAsync(
            engine,
            async connection =>
            {
                while (!(await connection.Output.WriteAsync(message).ConfigureAwait(false)).IsCompleted)
                {
                }
            },
            new RigOptions { Query = "?sndbuf=8192" });
        // Both buffers together have no room for a message, so the kernel has to refuse, whoever is the slower one.
        using Peer peer = rig.Connect(receiveBufferBytes: 8 * 1024);
        byte[] buffer = new byte[4 * 1024];
        Receive(peer.Socket, buffer, 200L * Message);
        long refused = rig.Statistics.RefusedSends;
        long allocated = Allocations.Least(() => Receive(peer.Socket, buffer, 1_000L * Message), limitBytes: 1_000 * 8);
        Assert.True(rig.Statistics.RefusedSends > refused, "the kernel took everything at once");
        Assert.InRange(allocated, 0, 1_000 * 8);
    }

    private static async Task MeasureAsync(EngineCase engine, Func<Connection, Task> handler)
    {
        await using Rig rig = await Rig.StartAsync(engine, handler);
        using Peer peer = rig.Connect();
        byte[] message = new byte[MessageBytes];
        message[^1] = (byte)'\n';
        Exchange(peer.Socket, message, WarmUp);
        long allocated = Allocations.Least(() => Exchange(peer.Socket, message, Requests), Requests);
        Assert.True(allocated < Requests, $"{allocated} bytes for {Requests} requests");
    }

    private static void Exchange(KernelSocket socket, byte[] message, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (socket.Send(message).Value != message.Length)
                throw new InvalidOperationException("a short send of a short message");
            Receive(socket, message, message.Length);
        }
    }

    private static void Receive(KernelSocket socket, byte[] buffer, long count)
    {
        while (count > 0)
        {
            SysResult received = socket.Receive(buffer);
            if (received.IsOk && received.Value > 0)
                count -= received.Value;
            else if (received.Errno is not Errno.EAGAIN || !socket.WaitFor(POLLIN, Deadline.Generous))
                throw new InvalidOperationException($"receive: {received}");
        }
    }
}
