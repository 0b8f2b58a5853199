using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Files;
using Weir.Packets.Streams;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Analysis;

/// <summary>What tshark says about the TCP segments of a capture, beside what we say.</summary>
internal static class TsharkAnalysis
{
    private static readonly (string Field, SegmentFindings Finding)[] s_flags =
    [
        ("tcp.analysis.retransmission", SegmentFindings.Retransmission),
        ("tcp.analysis.fast_retransmission", SegmentFindings.FastRetransmission),
        ("tcp.analysis.spurious_retransmission", SegmentFindings.SpuriousRetransmission),
        ("tcp.analysis.out_of_order", SegmentFindings.OutOfOrder),
        ("tcp.analysis.lost_segment", SegmentFindings.PreviousSegmentNotCaptured),
        ("tcp.analysis.ack_lost_segment", SegmentFindings.AcknowledgesUnseen),
        ("tcp.analysis.duplicate_ack", SegmentFindings.DuplicateAck),
        ("tcp.analysis.window_full", SegmentFindings.WindowFull),
        ("tcp.analysis.zero_window", SegmentFindings.ZeroWindow),
        ("tcp.analysis.zero_window_probe", SegmentFindings.ZeroWindowProbe),
        ("tcp.analysis.zero_window_probe_ack", SegmentFindings.ZeroWindowProbeAck),
        ("tcp.analysis.keep_alive", SegmentFindings.KeepAlive),
        ("tcp.analysis.keep_alive_ack", SegmentFindings.KeepAliveAck),
        ("tcp.analysis.window_update", SegmentFindings.WindowUpdate),
    ];

    private static readonly string[] s_numbers =
        ["tcp.stream", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size", "tcp.analysis.duplicate_ack_num"];

    /// <summary>Findings that tshark has a flag for.</summary>
    public static SegmentFindings Shared { get; } = s_flags.Aggregate(SegmentFindings.None, (all, each) => all | each.Finding);

    /// <summary>Both analyses of a file, segment by segment; fails when they differ in numbers or in what both name.</summary>
    /// <param name="toleratedAfterProbes">
    /// The part of the segments that may differ in streams where a closed window was probed with a byte. Whether that byte was taken, both guess from
    /// later segments, and not always alike; the sender's end, and with it all that is compared with it, is off by the byte afterwards.
    /// </param>
    public static async Task<List<SegmentAnalysis>> Compare(string path, double toleratedAfterProbes = 0)
    {
        List<Judged> theirs = await Theirs(path);
        List<(Judged Judged, SegmentAnalysis Segment)> ours = Ours(path);
        Assert.NotEmpty(ours);
        Assert.Equal(theirs.Count, ours.Count);
        IgnoreRepetitionsAfterResetsAhead(ours, theirs);
        HashSet<long> probed = [];
        List<string> differences = [];
        List<string> afterProbes = [];
        for (int index = 0; index < ours.Count; index++)
        {
            (Judged judged, SegmentAnalysis segment) = ours[index];
            if (segment is { LengthBytes: > 0 } && segment.Has(SegmentFindings.ZeroWindowProbe))
                probed.Add(judged.Stream);
            if (judged != theirs[index])
                (probed.Contains(judged.Stream) ? afterProbes : differences).Add($"tshark  {theirs[index]}\nweir    {judged}");
        }

        Assert.True(
            differences.Count == 0 && afterProbes.Count <= toleratedAfterProbes * ours.Count,
            $"{differences.Count} of {ours.Count} differ, and {afterProbes.Count} after probes\n{string.Join('\n', differences.Concat(afterProbes).Take(8))}\nthe first in its stream:\n{Before(ours, theirs)}");
        return [.. ours.Select(each => each.Segment)];
    }

    /// <summary>
    /// A reset's number may be anything; tshark takes one beyond the stream's end, or its payload, for the stream's, and everything after it for sent before.
    /// </summary>
    private static void IgnoreRepetitionsAfterResetsAhead(List<(Judged Judged, SegmentAnalysis Segment)> ours, List<Judged> theirs)
    {
        const SegmentFindings Repeated = SegmentFindings.Retransmission | SegmentFindings.OutOfOrder;
        var ends = new Dictionary<(long Stream, StreamSide Side), long>();
        HashSet<(long Stream, StreamSide Side)> ahead = [];
        for (int index = 0; index < ours.Count; index++)
        {
            (Judged judged, SegmentAnalysis segment) = ours[index];
            (long, StreamSide) way = (judged.Stream, segment.Side);
            long end = segment.Sequence + segment.LengthBytes;
            if (!segment.Has(SegmentFindings.Reset))
                ends[way] = Math.Max(ends.GetValueOrDefault(way), end);
            else if (end > ends.GetValueOrDefault(way))
                ahead.Add(way);
            if (ahead.Contains(way) && (segment.Findings & Repeated) == SegmentFindings.None)
                theirs[index] = theirs[index] with { Findings = theirs[index].Findings & ~Repeated };
        }
    }

    private static string Before(List<(Judged Judged, SegmentAnalysis Segment)> ours, List<Judged> theirs)
    {
        int first = Enumerable.Range(0, ours.Count).FirstOrDefault(index => ours[index].Judged != theirs[index]);
        return string.Join('\n', ours.Take(first + 1).Select(each => each.Judged).Where(each => each.Stream == theirs[first].Stream).TakeLast(14));
    }

    private static List<(Judged Judged, SegmentAnalysis Segment)> Ours(string path)
    {
        var analysis = new CaptureAnalysis();
        var judged = new List<(Judged, SegmentAnalysis)>();
        using var file = CaptureFile.Open(path);
        var last = new Dictionary<(long, StreamSide), SegmentAnalysis>();
        int frame = 0;
        foreach (CapturedFrame each in file.Frames())
        {
            frame++;
            var packet = Packet.Dissect(each);
            if (analysis.Add(packet, out StreamSegment place) is not { } segment)
                continue;
            bool answersLinuxProbe = last.TryGetValue((place.Stream.Number, 1 - segment.Side), out SegmentAnalysis before) && IsLinuxProbe(before);
            last[(place.Stream.Number, segment.Side)] = segment;
            // Its relative numbers have 32 bits.
            judged.Add((
                new Judged(
                    frame, packet.Frame.TimestampNs / 1e9, place.Stream.Number, segment.Side, (uint)segment.Sequence, (uint)segment.Acknowledgment, segment.LengthBytes,
                    segment.WindowBytes ?? packet.Tcp!.Window, segment.DuplicateAckNumber, AsTshark(segment, answersLinuxProbe)),
                segment));
        }

        return judged;
    }

    /// <summary>What we name otherwise on purpose.</summary>
    private static SegmentFindings AsTshark(SegmentAnalysis segment, bool answersLinuxProbe)
    {
        SegmentFindings findings = segment.Findings & Shared;
        // Its field for retransmissions is there for special ones too.
        if (segment.IsRetransmission)
            findings |= SegmentFindings.Retransmission;
        // It does not take what answers a keep-alive for an answer about the window.
        if (answersLinuxProbe)
            findings &= ~SegmentFindings.ZeroWindowProbeAck;
        // Linux asks for a window with an old number and no byte; tshark calls that a keep-alive.
        return IsLinuxProbe(segment) ? findings & ~SegmentFindings.ZeroWindowProbe | SegmentFindings.KeepAlive : findings;
    }

    private static bool IsLinuxProbe(SegmentAnalysis segment) => segment.Has(SegmentFindings.ZeroWindowProbe) && segment.LengthBytes == 0;

    private static async Task<List<Judged>> Theirs(string path)
    {
        string[] fields = ["frame.number", "frame.time_epoch", .. s_numbers, .. s_flags.Select(each => each.Field)];
        string[] arguments = ["-r", path, "-n", "-Y", "tcp", "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields", .. fields.SelectMany(field => new[] { "-e", field })];
        Finished finished = (await new Run("tshark", arguments).ToEnd()).Succeeded();
        return [.. finished.Lines.Select(Parse)];
    }

    private static Judged Parse(string line)
    {
        string[] cells = line.Split('\t');
        SegmentFindings findings = SegmentFindings.None;
        for (int index = 0; index < s_flags.Length; index++)
        {
            if (cells[2 + s_numbers.Length + index].Length > 0)
                findings |= s_flags[index].Finding;
        }

        return new Judged(
            int.Parse(cells[0]), double.Parse(cells[1]), int.Parse(cells[2]), default, long.Parse(cells[3]), long.Parse(cells[4]), int.Parse(cells[5]),
            long.Parse(cells[6]), cells[7].Length == 0 ? 0 : int.Parse(cells[7]), findings);
    }

    private readonly record struct Judged(
        int Frame,
        double TimeS,
        long Stream,
        StreamSide Side,
        long Sequence,
        long Acknowledgment,
        int LengthBytes,
        long WindowBytes,
        int DuplicateAckNumber,
        SegmentFindings Findings)
    {
        // The time and the side are for people who look for the reason of a difference.
        public bool Equals(Judged other) =>
            (Frame, Stream, Sequence, Acknowledgment, LengthBytes, WindowBytes, DuplicateAckNumber, Findings)
            == (other.Frame, other.Stream, other.Sequence, other.Acknowledgment, other.LengthBytes, other.WindowBytes, other.DuplicateAckNumber, other.Findings);

        public override int GetHashCode() => Frame;

        public override string ToString() =>
            $"{Frame} {TimeS % 1000:0.000000} stream {Stream} {Side} seq={Sequence} len={LengthBytes} ack={Acknowledgment} win={WindowBytes} #{DuplicateAckNumber} {Findings}";
    }
}
