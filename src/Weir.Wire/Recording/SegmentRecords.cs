using Weir.Packets;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Timelines;

namespace Weir.Wire;

/// <summary>Frames of wires as events of a timeline: judged as they were sent, drawn as they arrived.</summary>
internal static class SegmentRecords
{
    public static void Add(TimelineBuilder builder, IReadOnlyList<RecordedFrame> frames)
    {
        // What passes two wires is sent once on each of them.
        Dictionary<object, CaptureAnalysis> analyses = [];
        HashSet<(RecordedPath, long)> held = [.. frames.Where(frame => frame.Fate is WireFate.Held).Select(frame => (frame.Path, frame.Number))];
        foreach (RecordedFrame frame in Settled(frames))
        {
            if (!analyses.TryGetValue(frame.Path.Link, out CaptureAnalysis? analysis))
                analyses.Add(frame.Path.Link, analysis = new CaptureAnalysis());
            builder.Add(Describe(builder, frame, analysis, wasHeld: frame.Number != 0 && held.Contains((frame.Path, frame.Number))));
        }
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

    private static SegmentEvent Describe(TimelineBuilder builder, RecordedFrame frame, CaptureAnalysis analysis, bool wasHeld)
    {
        Packet packet = Packet.Dissect(new CapturedFrame(LinkType.Ethernet, frame.SentNs, frame.SentBytes, frame.SentBytes.Length));
        (int from, int to) = (builder.Participant(frame.Path.From), builder.Participant(frame.Path.To));
        // A copy that the wire made is nothing that anybody sent.
        SegmentAnalysis? judged = frame.Fate is WireFate.Duplicated ? null : analysis.Add(packet);
        SegmentEvent happening = judged is { } segment
            ? PacketTimeline.Describe(packet, segment, from, to)
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
        WireFate.Held => "held",
        WireFate.Dropped when wasHeld => "held, then dropped",
        _ when wasHeld && frame.ReceivedNs is { } received => $"held for {DurationText.Describe(received - frame.SentNs)}",
        _ => "",
    };
}
