using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Connections;

/// <summary>Flushes, heartbeats, cancellations and closes on top of each other, as fast as they go.</summary>
public sealed class WriterStress(ITestOutputHelper output)
{
    private const byte Beat = 0xFF;

    // What arrives is the pattern with beats between the messages, and each message is the caller's again when its flush has ended.
    [Theory, EngineData]
    public async Task FlushesHeartbeatsAndCancellations_KeepEveryByteInItsPlace(EngineCase engine)
    {
        Random random = TestSeed.NewRandom(output);
        int seed = random.Next();
        await Rig.RunAsync(
            engine,
            connection => Task.Run(() => WriteAsync(connection, new Random(seed))),
            async peer => Check(await Task.Run(peer.ReceiveToEnd)),
            new RigOptions
            {
                Connection = new ConnectionOptions
                {
                    Heartbeat = new HeartbeatOptions(TimeSpan.FromMilliseconds(1), new byte[] { Beat }, Timeout.InfiniteTimeSpan),
                },
            },
            peerReceiveBufferBytes: 16 * 1024);
    }

    [Theory, EngineData]
    public async Task ClosesAndAborts_InTheMiddleOfFlushes_EndThemAll(EngineCase engine)
    {
        Random random = TestSeed.NewRandom(output);
        var quick = new ConnectionOptions { DrainTimeout = TimeSpan.FromMilliseconds(5), LingerTimeout = TimeSpan.FromMilliseconds(5) };
        await using Rig rig = await Rig.StartAsync(engine, StandardHandlers.Chargen, new RigOptions { Connection = quick });
        for (int i = 0; i < 60; i++)
        {
            Connection connection = await Connector.ConnectAsync(rig.Url, new ConnectorOptions { Loops = rig.Loops, Connection = quick });
            byte[] message = new byte[random.Next(1, 300_000)];
            Task writing = Task.Run(async () =>
            {
                while (!(await connection.Output.WriteAsync(message)).IsCompleted)
                {
                }
            });
            int spin = random.Next(20_000);
            Thread.SpinWait(spin);
            Task closed = connection.Closed;
            if (i % 2 == 0)
                connection.Abort();
            else
                _ = connection.CloseAsync();
            await writing.InTime();
            await closed.InTime();
            connection.Input.Complete();
            connection.Output.Complete();
        }
    }

    private static async Task WriteAsync(Connection connection, Random random)
    {
        byte[] source = new byte[40_000];
        int value = 0;
        for (int i = 0; i < 1_000; i++)
        {
            int count = random.Next(1, source.Length);
            for (int k = 0; k < count; k++)
                source[k] = (byte)(value++ % 251);
            bool cancels = random.Next(10) == 0;
            ValueTask<FlushResult> flush = Flush(connection, source.AsMemory(0, count), staged: random.Next(2) == 0);
            if (cancels)
                connection.Output.CancelPendingFlush();
            await flush.ConfigureAwait(false);
            source.AsSpan(0, count).Clear();
        }
    }

    private static ValueTask<FlushResult> Flush(Connection connection, ReadOnlyMemory<byte> message, bool staged)
    {
        if (!staged)
            return connection.Output.WriteAsync(message);
        message.Span.CopyTo(connection.Output.GetSpan(message.Length));
        connection.Output.Advance(message.Length);
        return connection.Output.FlushAsync();
    }

    private static void Check(byte[] received)
    {
        int value = 0;
        foreach (byte next in received)
        {
            if (next != Beat)
                Assert.True(next == value++ % 251, $"wrong byte at {value - 1}");
        }

        Assert.NotEqual(0, value);
    }
}
