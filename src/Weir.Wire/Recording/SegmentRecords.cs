using Weir.Packets;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Timelines;

namespace Weir.Wire;

/// <summary>Frames of wires as events of a timeline: judged as their senders see them, drawn as they arrived.</summary>
internal static class SegmentRecords
{
    public static void Add(TimelineBuilder builder, IReadOnlyList<RecordedFrame> frames)
    {
        RecordedFrame[] settled = [.. Settled(frames)];
        var analysis = new EndAnalysis(settled);
        HashSet<(RecordedPath, long)> held = [.. frames.Where(frame => frame.Fate is WireFate.Held).Select(frame => (frame.Path, frame.Number))];
        foreach (RecordedFrame frame in settled)
            builder.Add(Describe(builder, frame, analysis, wasHeld: frame.Number != 0 && held.Contains((frame.Path, frame.Number))));
    }

    /// <summary>In the order of their sending. A frame that was held is told twice; the second time it is known what became of it.</summary>
    public static IEnumerable<RecordedFrame> Settled(IReadOnlyList<RecordedFrame> frames)
    {
        HashSet<(RecordedPath, long)> decided = [.. frames.Where(frame => frame.Fate is not WireFate.Held).Select(frame => (frame.Path, frame.Number))];
        return frames
            .Where(frame => frame.Fate is not WireFate.Held || !decided.Contains((frame.Path, frame.Number)))
            .OrderBy(frame => frame.SentNs)
            .ThenBy(frame => frame.Number);
    }

    private static SegmentEvent Describe(TimelineBuilder builder, RecordedFrame frame, EndAnalysis analysis, bool wasHeld)
    {
        (Packet packet, SegmentAnalysis? judged, StreamSegment place) = analysis[frame];
        (int from, int to) = (builder.Participant(frame.Path.From), builder.Participant(frame.Path.To));
        SegmentEvent happening = judged is { } segment
            ? PacketTimeline.Describe(new JudgedPacket(packet, segment, place), from, to)
            : new SegmentEvent { TimeNs = frame.SentNs, From = from, To = to, Summary = Summarize(packet, frame) };
        string[] remarks = [happening.Remark, RemarkOn(frame, wasHeld)];
        return happening with
        {
            ReceivedNs = frame.ReceivedNs,
            Fate = FateOf(frame.Fate, wasHeld),
            Remark = string.Join(", ", remarks.Where(remark => remark.Length > 0)),
        };
    }

    private static string Summarize(Packet packet, RecordedFrame frame) => packet switch
    {
        _ when frame.Fate is WireFate.Duplicated => $"copy of frame {frame.Number}",
        { Udp: { } udp } => $"UDP {udp.SourcePort} → {udp.DestinationPort} len={packet.PayloadBytes}",
        { Arp: not null } => "ARP",
        { Icmp: not null } => "ICMP",
        { Ip: { } ip } => $"IP {ip.Protocol} len={packet.PayloadBytes}",
        _ => $"{packet.EtherType}, {frame.SentBytes.Length} B",
    };

    private static SegmentFate FateOf(WireFate fate, bool wasHeld) => fate switch
    {
        WireFate.Lost or WireFate.Dropped or WireFate.Cut or WireFate.TooLong or WireFate.QueueFull or WireFate.NoRoom or WireFate.Refused => SegmentFate.Lost,
        WireFate.Held => SegmentFate.Held,
        WireFate.Duplicated => SegmentFate.Duplicated,
        WireFate.Corrupted => SegmentFate.Corrupted,
        _ => wasHeld ? SegmentFate.Held : SegmentFate.Arrived,
    };

    private static string RemarkOn(RecordedFrame frame, bool wasHeld) => frame.Fate switch
    {
        WireFate.Cut => "the wire is cut",
        WireFate.TooLong => "longer than the wire's MTU",
        WireFate.QueueFull => "the queue is full",
        WireFate.NoRoom => "too many are on the wire",
        WireFate.Refused => $"refused: {frame.Errno}",
        WireFate.Injected => "injected",
        WireFate.Dropped when wasHeld => "held, then dropped",
        _ when wasHeld && frame.ReceivedNs is { } received => $"held for {DurationText.Describe(received - frame.SentNs)}",
        _ => "",
    };
}
