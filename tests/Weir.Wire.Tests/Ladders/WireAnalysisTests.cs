using Weir.Packets.Analysis;
using Weir.Packets.Tests.Analysis;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Ladders;

/// <summary>What really happens over a wire with faults reads the same here and in tshark, captured at either end.</summary>
public sealed class WireAnalysisTests
{
    private const int SentBytes = 400_000;

    [HostFact("tshark")]
    public async Task LossReorderingAndCopies_ReadTheSameInTshark()
    {
        await using Pair pair = Pair.Create(new WireOptions { Seed = 11 });
        using NetworkRecorder recorder = Record(pair);
        var delayed = new WireConditions { Delay = TimeSpan.FromMilliseconds(2) };
        pair.Wire.SetConditions(delayed);
        // What comes later than the handshake took was sent again, and what comes sooner was overtaken.
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        pair.Wire.SetConditions(delayed with
        {
            LossProbability = 0.02,
            ReorderingProbability = 0.05,
            DuplicationProbability = 0.02,
            ReorderingTimeout = TimeSpan.FromMilliseconds(1),
        });
        // Chance might pass these by.
        pair.Wire.AToB.Drop(Segments.Data(40), times: 1);
        pair.Wire.AToB.Duplicate(Segments.WithData, times: 8);

        await Transfer(client, server);
        pair.Wire.SetConditions(new WireConditions());
        client.Dispose();
        server.Dispose();

        SegmentFindings seen = await Compare(recorder, pair);
        SegmentFindings expected = SegmentFindings.Retransmission | SegmentFindings.OutOfOrder | SegmentFindings.PreviousSegmentNotCaptured
            | SegmentFindings.DuplicateAck | SegmentFindings.DuplicateSack;
        Assert.Equal(expected, seen & expected);
    }

    [HostFact("tshark")]
    public async Task ClosedWindows_ReadTheSameInTshark()
    {
        await using Pair pair = Pair.Create();
        using var ends = new BothEnds(pair.Wire);
        using NetworkRecorder recorder = Record(pair);
        using KernelSocket listener = pair.Server.Listen(Pair.Port);
        // Before the handshake: a window that was offered is not taken back.
        listener.Set(SocketOptions.ReceiveBufferBytes, 8192);
        using KernelSocket client = pair.Client.BeginConnect(pair.Server.Address, Pair.Port);
        await Eventually.True(() => listener.WaitFor(Linux.Uapi.POLLIN, TimeSpan.Zero));
        using KernelSocket server = listener.TryAccept(out _)!;
        await Eventually.True(() => client.WaitFor(Linux.Uapi.POLLOUT, TimeSpan.Zero));
        byte[] bytes = new byte[64 * 1024];
        for (int round = 0; round < 2; round++)
        {
            while (client.Send(bytes).IsOk)
            {
            }

            int answered = ends.CountAnsweredProbes();
            await Eventually.True(() => ends.CountAnsweredProbes() > answered);
            await Eventually.True(() =>
            {
                while (server.Receive(bytes) is { IsOk: true, Value: > 0 })
                {
                }

                return client.WaitFor(Linux.Uapi.POLLOUT, TimeSpan.Zero);
            });
        }

        client.Dispose();
        server.Dispose();

        SegmentFindings seen = await Compare(recorder, pair);
        SegmentFindings expected = SegmentFindings.ZeroWindow | SegmentFindings.ZeroWindowProbe | SegmentFindings.ZeroWindowProbeAck
            | SegmentFindings.WindowUpdate;
        Assert.Equal(expected, seen & expected);
    }

    private static async Task Transfer(KernelSocket client, KernelSocket server)
    {
        byte[] buffer = new byte[64 * 1024];
        int sent = 0;
        int received = 0;
        await Eventually.True(() =>
        {
            while (sent < SentBytes && client.Send(buffer.AsSpan(0, Math.Min(buffer.Length, SentBytes - sent))) is { IsOk: true } written)
                sent += written.Value;
            while (server.Receive(buffer) is { IsOk: true, Value: > 0 } read)
                received += read.Value;
            return received == SentBytes;
        });
    }

    private static NetworkRecorder Record(Pair pair) => NetworkRecorder.Start(pair.Network, new RecorderOptions { SamplesStates = false });

    private static async Task<SegmentFindings> Compare(NetworkRecorder recorder, Pair pair)
    {
        recorder.Stop();
        using var folder = new TemporaryFolder();
        SegmentFindings seen = SegmentFindings.None;
        foreach (Host host in pair.Network.Hosts)
        {
            string path = folder.File($"{host.Name}.pcapng");
            recorder.WritePcapng(path, host);
            foreach (SegmentAnalysis segment in await TsharkAnalysis.Compare(path))
                seen |= segment.Findings;
        }

        return seen;
    }
}
