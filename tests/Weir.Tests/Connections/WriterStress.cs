using System.Buffers.Binary;
using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Connections;

/// <summary>Flushes, heartbeats, cancellations and closes on top of each other, as fast as they go.</summary>
public sealed class WriterStress(ITestOutputHelper output)
{
    private const int HeaderBytes = 2 * sizeof(int);

    // A frame begins with its length, of which the first byte is 0, so that between frames a beat cannot be mistaken.
    private static readonly byte[] s_beat = [0xFF, 0xFE, 0xFD];

    // Each flush is a frame: length, number, pattern. Beats lie between frames, and a source is the caller's again when its flush has ended.
    [Theory, EngineData]
    public async Task FlushesHeartbeatsAndCancellations_KeepEveryByteInItsPlace(EngineCase engine)
    {
        Random random = TestSeed.NewRandom(output);
        int seed = random.Next();
        Sent sent = default;
        byte[] received = [];
        await Rig.RunAsync(
            engine,
            connection => Task.Run(async () => sent = await WriteAsync(connection, new Random(seed)).ConfigureAwait(false)),
            async peer => received = await Task.Run(peer.ReceiveToEnd),
            new RigOptions
            {
                Connection = new ConnectionOptions
                {
                    Heartbeat = new HeartbeatOptions(TimeSpan.FromMilliseconds(1), s_beat, Timeout.InfiniteTimeSpan),
                },
            },
            peerReceiveBufferBytes: 16 * 1024);
        Check(received, sent);
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

    private static async Task<Sent> WriteAsync(Connection connection, Random random)
    {
        byte[] source = new byte[40_000];
        var sent = default(Sent);
        for (int i = 0; i < 1_000; i++)
        {
            int count = random.Next(HeaderBytes, source.Length);
            BinaryPrimitives.WriteInt32BigEndian(source, count);
            BinaryPrimitives.WriteInt32BigEndian(source.AsSpan(sizeof(int)), i);
            FillPayload(source.AsSpan(HeaderBytes, count - HeaderBytes), i);
            bool cancels = random.Next(10) == 0;
            ValueTask<FlushResult> flush = Flush(connection, source.AsMemory(0, count), staged: random.Next(2) == 0);
            if (cancels)
                connection.Output.CancelPendingFlush();
            Assert.False((await flush.ConfigureAwait(false)).IsCompleted);
            source.AsSpan(0, count).Clear();
            sent = new Sent(i + 1, sent.Bytes + count);
            if (i % 250 == 0)
                await NextBeat(connection, sent).ConfigureAwait(false);
        }

        return sent;
    }

    // More has left than the flushes gave: the rest were beats.
    private static Task NextBeat(Connection connection, Sent sent)
    {
        long beats = Math.Max(0, connection.SentBytes - sent.Bytes);
        return Eventually.True(() => connection.SentBytes > sent.Bytes + beats);
    }

    private static void FillPayload(Span<byte> payload, int number)
    {
        for (int i = 0; i < payload.Length; i++)
            payload[i] = Bytes.At((number * 40_009) + i);
    }

    private static ValueTask<FlushResult> Flush(Connection connection, ReadOnlyMemory<byte> message, bool staged)
    {
        if (!staged)
            return connection.Output.WriteAsync(message);
        message.Span.CopyTo(connection.Output.GetSpan(message.Length));
        connection.Output.Advance(message.Length);
        return connection.Output.FlushAsync();
    }

    private static void Check(byte[] received, Sent sent)
    {
        byte[] expected = new byte[40_000];
        ReadOnlySpan<byte> rest = received;
        int frames = 0;
        int beats = 0;
        while (!rest.IsEmpty)
        {
            if (rest.StartsWith(s_beat))
            {
                beats++;
                rest = rest[s_beat.Length..];
                continue;
            }

            int position = received.Length - rest.Length;
            Assert.True(rest.Length >= HeaderBytes, $"half a header at {position}");
            int count = BinaryPrimitives.ReadInt32BigEndian(rest);
            int number = BinaryPrimitives.ReadInt32BigEndian(rest[sizeof(int)..]);
            Assert.True(number == frames && count >= HeaderBytes && count <= rest.Length, $"frame {number} of {count} bytes at {position} instead of {frames}");
            Span<byte> payload = expected.AsSpan(0, count - HeaderBytes);
            FillPayload(payload, number);
            Assert.True(rest[HeaderBytes..count].SequenceEqual(payload), $"wrong bytes in frame {number} at {position}");
            frames++;
            rest = rest[count..];
        }

        Assert.Equal((sent.Frames, sent.Bytes), (frames, received.Length - ((long)beats * s_beat.Length)));
        Assert.InRange(beats, 4, int.MaxValue);
    }

    private readonly record struct Sent(int Frames, long Bytes);
}
