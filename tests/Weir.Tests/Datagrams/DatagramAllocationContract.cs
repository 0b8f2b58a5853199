using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Weir.Tests.Loops;
using Xunit;

namespace Weir.Tests.Datagrams;

[Collection(nameof(Alone))]
public sealed class DatagramAllocationContract
{
    private const int Requests = 5_000;

    // Half of the smallest object for each: on a loaded machine the thread pool makes new threads meanwhile.
    private const int LimitBytes = 12 * Requests;

    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task Echo_AllocatesNothingPerDatagram(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        Task echoing = StandardHandlers.Echo(rig.Channel);
        using KernelSocket peer = rig.BoundPeer();
        peer.Connect(rig.Address, TimeSpan.Zero);
        byte[] message = new byte[64];
        Exchange(peer, message, 1_000);

        long allocated = Allocations.Least(() => Exchange(peer, message, Requests), LimitBytes);

        Assert.True(allocated < LimitBytes, $"{allocated} bytes for {Requests} datagrams");
        rig.Channel.StopReading();
        await echoing.InTime();
    }

    private static void Exchange(KernelSocket socket, byte[] message, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!socket.Send(message).IsOk || !socket.WaitFor(Linux.Uapi.POLLIN, Deadline.Generous) || socket.Receive(message).Value != message.Length)
                throw new InvalidOperationException("a datagram was lost on an idle socket");
        }
    }
}
