using Weir.Sockets;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Wire.Tests.Wires;

/// <summary>That a burst passes whole; how fast is the benchmark's business.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [HostFact]
    public async Task Burst_LongerThanAnySocketBuffer_Passes()
    {
        const int Datagrams = 2000;
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            int received = 0;
            byte[] buffer = new byte[64];
            for (int i = 0; i < Datagrams; i++)
            {
                while (!client.Send(BitConverter.GetBytes(i)).IsOk)
                    await Task.Yield();
                Drain();
            }

            await Eventually.True(() =>
            {
                Drain();
                return pair.Wire.AToB.Counters.Left == Datagrams;
            });
            output.WriteLine($"{pair.Wire.AToB.Counters}; {received} received");
            Assert.Equal(0, pair.Wire.AToB.Counters.Missed);

            void Drain()
            {
                while (server.Receive(buffer).IsOk)
                    received++;
            }
        }
    }
}
