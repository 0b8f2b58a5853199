using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Recording;

/// <summary>What a recording sees of sockets and of the kernel's counters.</summary>
public sealed class RecordedStateTests
{
    [HostFact]
    public async Task Queues_FillAndEmpty_AsTheSocketsDo()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (client)
        using (server)
        {
            using (WireHold hold = pair.Wire.AToB.Hold(Segments.WithData))
            {
                client.Send(new byte[1234]);
                await hold.WaitForAsync(1, Deadline.Generous);
                hold.Release();
            }

            await Eventually.True(() => client.Info?.UnackedSegments == 0);
            Assert.Equal(1234, server.Receive(new byte[4096]).Value);
        }

        Timeline timeline = recorder.Stop();

        // A SYN and a FIN are a byte each in the kernel's eyes.
        Assert.Equal([1234L, 0L], Depths(timeline, "client", "send queue").SkipWhile(bytes => bytes <= 1).Take(2));
        Assert.Equal([1234L, 0L], Depths(timeline, "server", "receive queue").SkipWhile(bytes => bytes <= 1).Take(2));
        Assert.DoesNotContain(Depths(timeline, "client", "receive queue"), bytes => bytes > 1);
    }

    [HostFact]
    public async Task Counters_AreToldByHowMuchTheyMoved_OnTheHostWhereTheyDid()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        pair.Wire.AToB.Drop(Segments.WithData, times: 1);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (client)
        using (server)
        {
            client.Send("x"u8);
            await Eventually.True(() => server.WaitFor(Linux.Uapi.POLLIN, TimeSpan.Zero));
            client.Set(SocketOptions.Linger, LingerTime.Reset);
        }

        Timeline timeline = recorder.Stop();

        Assert.Equal([1L], Deltas(timeline, "client", "TcpActiveOpens"));
        Assert.Equal([1L], Deltas(timeline, "server", "TcpPassiveOpens"));
        // A busy machine may send it more than once.
        Assert.InRange(Deltas(timeline, "client", "TcpRetransSegs").Sum(), 1, 10);
        Assert.Empty(Deltas(timeline, "server", "TcpActiveOpens"));
        Assert.DoesNotContain(timeline.Events.OfType<CounterEvent>(), counter => counter.Counter is "TcpInSegs" or "TcpOutSegs");
    }

    [HostFact]
    public async Task SeveralConnections_HaveTheirNamesFromTheBeginning()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket first, KernelSocket firstServer) = await pair.ConnectAsync(port: 81);
        (KernelSocket second, KernelSocket secondServer) = await pair.ConnectAsync(port: 82);
        string[] ports = [$":{first.LocalAddress.Port}–:81", $":{second.LocalAddress.Port}–:82"];
        using (first)
        using (firstServer)
        using (second)
        using (secondServer)
        {
            Timeline timeline = recorder.Stop();

            StateEvent[] states = [.. timeline.Events.OfType<StateEvent>().Where(state => timeline.Participants[state.Participant] == "client")];
            Assert.All(states, state => Assert.EndsWith(ports[state.To.EndsWith("82", StringComparison.Ordinal) ? 1 : 0], state.To, StringComparison.Ordinal));
            Assert.All(ports, each => Assert.Contains(states, state => state.To == $"ESTABLISHED {each}"));
        }
    }

    private static IEnumerable<long> Depths(Timeline timeline, string host, string name) => timeline.Events.OfType<QueueEvent>()
        .Where(queue => timeline.Participants[queue.Participant] == host && queue.Queue == name)
        .Select(queue => queue.DepthBytes);

    private static IEnumerable<long> Deltas(Timeline timeline, string host, string name) => timeline.Events.OfType<CounterEvent>()
        .Where(counter => timeline.Participants[counter.Participant] == host && counter.Counter == name)
        .Select(counter => counter.Delta);
}
