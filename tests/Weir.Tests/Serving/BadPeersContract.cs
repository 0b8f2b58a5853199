using System.Buffers;
using System.IO.Pipelines;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Serving;

/// <summary>A peer that misbehaves costs its own connection only: a good one on the same loop goes on, and memory stays bounded.</summary>
public sealed class BadPeersContract
{
    private const int BadPeers = 20;

    private static readonly RigOptions s_options = new()
    {
        Loop = new LoopOptions { BlockSizeBytes = 4096 },
        Connection = new ConnectionOptions { ReceiveHighMarkBytes = 16 * 1024, ReceiveLowMarkBytes = 8 * 1024, DrainTimeout = TimeSpan.FromMilliseconds(100) },
    };

    // What each may hold: input up to its high mark and the block that passes it, and as much again on its way out.
    private static readonly long s_mostBufferedBytes = BadPeers * 2 * (16 + 4 + 4) * 1024;

    [Theory, EngineData]
    public Task PeersThatReset(EngineCase engine) => Beside(engine, (rig, good) =>
    {
        for (int round = 0; round < BadPeers; round++)
        {
            Peer bad = rig.Connect();
            bad.Send(Bytes.Pattern(10_000));
            bad.Reset();
            Exchange(good);
        }

        return Task.CompletedTask;
    });

    // They send half a request and then nothing, not even an end.
    [Theory, EngineData]
    public Task PeersThatVanish(EngineCase engine) => Beside(engine, async (rig, good) =>
    {
        Peer[] bad = [.. Enumerable.Range(0, BadPeers).Select(_ => rig.Connect())];
        Array.ForEach(bad, peer => peer.Send("half a requ"));
        await Eventually.True(() => rig.Server.Statistics.Connections == BadPeers + 1);
        for (int i = 0; i < 50; i++)
            Exchange(good);
        Array.ForEach(bad, peer => peer.Dispose());
    });

    [Theory, EngineData]
    public Task PeersThatSendByteByByte(EngineCase engine) => Beside(engine, async (rig, good) =>
    {
        Peer[] bad = [.. Enumerable.Range(0, BadPeers).Select(_ => rig.Connect())];
        for (int i = 0; i < 50; i++)
        {
            Array.ForEach(bad, peer => peer.Send("a"));
            Exchange(good);
            await Task.Yield();
        }

        // A line in the making is a small block and no large one.
        await Eventually.True(() => rig.Statistics.BufferedBytes <= BadPeers * 4096);
        foreach (Peer peer in bad)
        {
            peer.Send("\n");
            Assert.Equal(51, peer.ReceiveExactly(51).Length);
            peer.Dispose();
        }
    });

    [Theory, EngineData]
    public Task PeersThatNeverRead(EngineCase engine) => Beside(engine, async (rig, good) =>
    {
        Peer[] bad = [.. Enumerable.Range(0, BadPeers).Select(_ => rig.Connect(receiveBufferBytes: 4096))];
        byte[] lines = Bytes.Of(string.Concat(Enumerable.Repeat(new string('a', 1023) + '\n', 64)));
        for (int i = 0; i < 10; i++)
        {
            Array.ForEach(bad, peer => peer.SendUntilRefused(lines, limitBytes: 1024 * 1024));
            Exchange(good);
            Assert.InRange(rig.Statistics.BufferedBytes, 0, s_mostBufferedBytes);
        }

        Array.ForEach(bad, peer => peer.Dispose());
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);
    });

    [Theory, EngineData]
    public Task PeersThatComeAndGo(EngineCase engine) => Beside(engine, (rig, good) =>
    {
        for (int i = 0; i < 100; i++)
        {
            rig.Connect().Dispose();
            if (i % 10 == 0)
                Exchange(good);
        }

        return Task.CompletedTask;
    });

    private static async Task Beside(EngineCase engine, Func<Rig, Peer, Task> misbehave)
    {
        await using Rig rig = await Rig.StartAsync(engine, EchoLines, s_options);
        using Peer good = rig.Connect();
        Exchange(good);
        await misbehave(rig, good);
        Exchange(good);
        await Eventually.True(() => rig.Server.Statistics.Connections == 1);
        Assert.DoesNotContain(rig.Events, happened => happened.Kind == ServerEventKind.HandlerFailed);
    }

    private static void Exchange(Peer good)
    {
        good.Send("ping\n");
        good.Expect("ping\n");
    }

    private static async Task EchoLines(Connection connection)
    {
        try
        {
            await EchoWholeLines(connection).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            // Half a line at the end is the peer's affair.
        }
    }

    private static async Task EchoWholeLines(Connection connection)
    {
        while (true)
        {
            ReadOnlySequence<byte> line = await connection.Input.ReadUntilAsync("\n"u8.ToArray(), limitBytes: 16_000).ConfigureAwait(false);
            if (line.IsEmpty)
                return;
            SequencePosition end = line.End;
            FlushResult flushed = await connection.Output.WriteAsync(line).ConfigureAwait(false);
            connection.Input.AdvanceTo(end);
            if (flushed.IsCompleted)
                return;
        }
    }
}
