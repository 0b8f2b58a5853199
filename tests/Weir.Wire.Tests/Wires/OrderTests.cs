using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Wires;

public sealed class OrderTests
{
    [HostFact]
    public async Task DelaysThatComeAndGo_KeepTheOrder()
    {
        const int Datagrams = 6000;
        // As many as a receive buffer holds.
        const int MaxUnderway = 100;
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            var received = new List<int>();
            byte[] buffer = new byte[64];
            for (int i = 0; i < Datagrams; i++)
            {
                if (i % 20 == 0)
                    pair.Wire.AToB.Conditions = new WireConditions { Delay = TimeSpan.FromMicroseconds(i % 40 == 0 ? 300 : 0) };
                Assert.True(client.Send(BitConverter.GetBytes(i)).IsOk);
                Drain();
                while (i - received.Count > MaxUnderway)
                {
                    Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
                    Drain();
                }
            }

            await Eventually.True(() =>
            {
                Drain();
                return received.Count == Datagrams;
            });

            Assert.Equal(Enumerable.Range(0, Datagrams), received);

            void Drain()
            {
                while (server.Receive(buffer) is { IsOk: true })
                    received.Add(BitConverter.ToInt32(buffer));
            }
        }
    }
}
