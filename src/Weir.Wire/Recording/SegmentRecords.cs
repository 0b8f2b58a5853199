using Weir.Packets;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Timelines;

namespace Weir.Wire;

/// <summary>Frames of wires as events of a timeline: judged as they were sent, drawn as they arrived.</summary>
internal static class SegmentRecords
{
    public static void Add(TimelineBuilder builder, IReadOnlyList<RecordedFrame> frames)
    {
        var analysis = new CaptureAnalysis();
        HashSet<(WireDirection, long)> held = [.. frames.Where(frame => frame.Fate is WireFate.Held).Select(frame => (frame.Direction, frame.Number))];
        foreach (RecordedFrame frame in Settled(frames))
            builder.Add(Describe(builder, frame, analysis, wasHeld: frame.Number != 0 && held.Contains((frame.Direction, frame.Number))));
    }

    /// <summary>In the order of their sending. A frame that was held is told twice; the second time it is known what became of it.</summary>
    public static IEnumerable<RecordedFrame> Settled(IReadOnlyList<RecordedFrame> frames)
    {
        HashSet<(WireDirection, long)> decided = [.. frames.Where(frame => frame.Fate is not WireFate.Held).Select(frame => (frame.Direction, frame.Number))];
        return frames
            .Where(frame => frame.Fate is not WireFate.Held || !decided.Contains((frame.Direction, frame.Number)))
            .OrderBy(frame => frame.SentNs)
            .ThenBy(frame => frame.Number);
    }

    private static SegmentEvent Describe(TimelineBuilder builder, RecordedFrame frame, CaptureAnalysis analysis, bool wasHeld)
    {
        Packet packet = Packet.Dissect(new CapturedFrame(LinkType.Ethernet, frame.SentNs, frame.Bytes, frame.Bytes.Length));
        (int from, int to) = (builder.Participant(frame.From), builder.Participant(frame.To));
        // A copy that the wire made is nothing that anybody sent.
        StreamSegment place = default;
        SegmentAnalysis? judged = frame.Fate is WireFate.Duplicated ? null : analysis.Add(packet, out place);
        SegmentEvent happening = judged is { } segment
            ? PacketTimeline.Describe(new JudgedPacket(packet, segment, place), from, to)
            : new SegmentEvent { TimeNs = frame.SentNs, From = from, To = to, Summary = Summarize(packet, frame) };
        return happening with { ReceivedNs = frame.ReceivedNs, Fate = FateOf(frame.Fate, wasHeld), Remark = RemarkOn(frame, happening.Remark) };
    }

    private static string Summarize(Packet packet, RecordedFrame frame) => packet switch
    {
        _ when frame.Fate is WireFate.Duplicated => $"copy of frame {frame.Number}",
        { Udp: { } udp } => $"UDP {udp.SourcePort} → {udp.DestinationPort} len={packet.PayloadBytes}",
        { Arp: not null } => "ARP",
        { Icmp: not null } => "ICMP",
        { Ip: { } ip } => $"IP {ip.Protocol} len={packet.PayloadBytes}",
        _ => $"{packet.EtherType}, {frame.Bytes.Length} B",
    };

    private static SegmentFate FateOf(WireFate fate, bool wasHeld) => fate switch
    {
        WireFate.Lost or WireFate.Dropped or WireFate.Cut or WireFate.TooLong or WireFate.QueueFull or WireFate.NoRoom => SegmentFate.Lost,
        WireFate.Held => SegmentFate.Held,
        WireFate.Duplicated => SegmentFate.Duplicated,
        WireFate.Corrupted => SegmentFate.Corrupted,
        _ => wasHeld ? SegmentFate.Held : SegmentFate.Arrived,
    };

    private static string RemarkOn(RecordedFrame frame, string remark)
    {
        string cause = frame.Fate switch
        {
            WireFate.Cut => "the wire is cut",
            WireFate.TooLong => "longer than the wire's MTU",
            WireFate.QueueFull => "the queue is full",
            WireFate.Injected => "injected",
            _ => "",
        };
        return remark.Length > 0 && cause.Length > 0 ? $"{remark}, {cause}" : remark + cause;
    }
}
