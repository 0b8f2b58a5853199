using System.Net;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Timelines;

/// <summary>Timelines of captured packets.</summary>
internal static class PacketTimeline
{
    public static Timeline From(IEnumerable<Packet> packets, string title)
    {
        ArgumentNullException.ThrowIfNull(packets);
        var builder = new TimelineBuilder { Title = title };
        var analysis = new CaptureAnalysis();
        foreach (Packet packet in packets)
        {
            if (analysis.Add(packet, out StreamSegment place) is { } segment)
                Add(builder, Describe(builder, new JudgedPacket(packet, segment, place)));
        }

        return builder.Build();
    }

    public static Timeline FromBothEnds(IEnumerable<Packet> one, IEnumerable<Packet> other, string title)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var builder = new TimelineBuilder { Title = title };
        foreach (SegmentEvent? segment in new EndPairing(Judge(one), Judge(other)).Pair(builder))
            Add(builder, segment);
        return builder.Build();
    }

    /// <summary>A packet on its way; null when there are too many participants already.</summary>
    public static SegmentEvent? Describe(TimelineBuilder builder, JudgedPacket judged)
    {
        (IpHeader ip, TcpHeader tcp) = (judged.Packet.Ip!, judged.Packet.Tcp!);
        int? from = builder.TryParticipant(new IPEndPoint(ip.Source, tcp.SourcePort).ToString());
        int? to = builder.TryParticipant(new IPEndPoint(ip.Destination, tcp.DestinationPort).ToString());
        return from is null || to is null ? null : Describe(judged, from.Value, to.Value);
    }

    public static SegmentEvent Describe(JudgedPacket judged, int from, int to) => new()
    {
        TimeNs = judged.TimeNs,
        From = from,
        To = to,
        Summary = SegmentSummary.Describe(judged.Segment, judged.Place, judged.Packet.Tcp!.Options),
        Flags = judged.Segment.Flags,
        Sequence = judged.Place.Sequence,
        LengthBytes = judged.Segment.LengthBytes,
        Acknowledgment = judged.Place.Acknowledgment,
        Findings = judged.Segment.Findings,
        Remark = FindingText.Describe(judged.Segment),
    };

    private static void Add(TimelineBuilder builder, SegmentEvent? segment)
    {
        if (segment is null)
            builder.LeaveOut();
        else
            builder.Add(segment);
    }

    private static List<JudgedPacket> Judge(IEnumerable<Packet> packets)
    {
        var analysis = new CaptureAnalysis();
        var judged = new List<JudgedPacket>();
        foreach (Packet packet in packets)
        {
            if (analysis.Add(packet, out StreamSegment place) is { } segment)
                judged.Add(new JudgedPacket(packet, segment, place));
        }

        return judged;
    }
}

/// <summary>A segment, what was found in it, and its place in its stream.</summary>
internal sealed record JudgedPacket(Packet Packet, SegmentAnalysis Segment, StreamSegment Place)
{
    public long TimeNs => Packet.Frame.TimestampNs;
}
