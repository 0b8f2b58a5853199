using System.Net;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;

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
            if (analysis.Add(packet) is { } segment)
                Add(builder, Describe(builder, packet, segment));
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
    public static SegmentEvent? Describe(TimelineBuilder builder, Packet packet, in SegmentAnalysis segment)
    {
        TcpHeader tcp = packet.Tcp!;
        int? from = builder.TryParticipant(new IPEndPoint(packet.Ip!.Source, tcp.SourcePort).ToString());
        int? to = builder.TryParticipant(new IPEndPoint(packet.Ip.Destination, tcp.DestinationPort).ToString());
        return from is null || to is null ? null : Describe(packet, segment, from.Value, to.Value);
    }

    public static SegmentEvent Describe(Packet packet, in SegmentAnalysis segment, int from, int to) => new()
    {
        TimeNs = packet.Frame.TimestampNs,
        From = from,
        To = to,
        Summary = SegmentSummary.Describe(segment, packet.Tcp!.Options),
        Flags = segment.Flags,
        Sequence = segment.Sequence,
        LengthBytes = segment.LengthBytes,
        Acknowledgment = segment.Flags.HasFlag(TcpFlags.Ack) ? segment.Acknowledgment : null,
        Findings = segment.Findings,
        Remark = FindingText.Describe(segment),
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
            if (analysis.Add(packet) is { } segment)
                judged.Add(new JudgedPacket(packet, segment));
        }

        return judged;
    }
}

internal sealed record JudgedPacket(Packet Packet, SegmentAnalysis Segment)
{
    public long TimeNs => Packet.Frame.TimestampNs;
}
