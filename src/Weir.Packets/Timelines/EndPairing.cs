using System.Net;
using Weir.Packets.Dissection;

namespace Weir.Packets.Timelines;

/// <summary>
/// Finds the same segments in the captures of both ends. Where a segment was seen first is its sender's end; a segment that only its sender's
/// capture has was lost.
/// </summary>
internal sealed class EndPairing(IReadOnlyList<JudgedPacket> one, IReadOnlyList<JudgedPacket> other)
{
    private readonly JudgedPacket?[] _inOther = new JudgedPacket?[one.Count];
    private readonly HashSet<JudgedPacket> _matched = new(ReferenceEqualityComparer.Instance);

    // By sender: above 0 when the first capture was made at its end.
    private readonly Dictionary<IPAddress, int> _votes = [];

    /// <summary>Null stands for a segment of more participants than a timeline has.</summary>
    public IEnumerable<SegmentEvent?> Pair(TimelineBuilder builder)
    {
        Match();
        for (int index = 0; index < one.Count; index++)
        {
            JudgedPacket first = one[index];
            bool isSenders = IsSendersEnd(first, isOfOne: true);
            if (_inOther[index] is not { } second)
                yield return Single(builder, first, isSenders);
            else
                yield return Arrived(builder, sent: isSenders ? first : second, received: isSenders ? second : first);
        }

        foreach (JudgedPacket second in other)
        {
            if (!_matched.Contains(second))
                yield return Single(builder, second, isSenders: !IsSendersEnd(second, isOfOne: false));
        }
    }

    private static SegmentEvent? Arrived(TimelineBuilder builder, JudgedPacket sent, JudgedPacket received) =>
        Make(builder, sent) is { } segment ? segment with { ReceivedNs = received.TimeNs } : null;

    private static SegmentEvent? Single(TimelineBuilder builder, JudgedPacket judged, bool isSenders)
    {
        if (Make(builder, judged) is not { } segment)
            return null;
        return isSenders
            ? segment with { Fate = SegmentFate.Lost }
            : segment with { ReceivedNs = judged.TimeNs, Remark = Join(segment.Remark, "not seen leaving") };
    }

    private static SegmentEvent? Make(TimelineBuilder builder, JudgedPacket judged) => PacketTimeline.Describe(builder, judged);

    private static string Join(string first, string second) => first.Length == 0 ? second : $"{first}, {second}";

    private static Identity Identify(Packet packet)
    {
        IpHeader ip = packet.Ip!;
        TcpHeader tcp = packet.Tcp!;
        return new Identity(
            ip.Source, tcp.SourcePort, ip.Destination, tcp.DestinationPort, tcp.Sequence, tcp.Acknowledgment, tcp.Flags, tcp.Window,
            packet.PayloadBytes, ip.Identification, tcp.Options.Timestamps);
    }

    private void Match()
    {
        var waiting = new Dictionary<Identity, Queue<JudgedPacket>>();
        foreach (JudgedPacket judged in other)
        {
            Identity identity = Identify(judged.Packet);
            if (!waiting.TryGetValue(identity, out Queue<JudgedPacket>? queue))
                waiting[identity] = queue = new Queue<JudgedPacket>();
            queue.Enqueue(judged);
        }

        for (int index = 0; index < one.Count; index++)
        {
            if (!waiting.TryGetValue(Identify(one[index].Packet), out Queue<JudgedPacket>? queue) || !queue.TryDequeue(out JudgedPacket? match))
                continue;
            _inOther[index] = match;
            _matched.Add(match);
            IPAddress sender = match.Packet.Ip!.Source;
            _votes[sender] = _votes.GetValueOrDefault(sender) + Math.Sign(match.TimeNs - one[index].TimeNs);
        }
    }

    /// <summary>Whether the first capture was made at the end of this packet's sender.</summary>
    private bool IsSendersEnd(JudgedPacket judged, bool isOfOne)
    {
        if (_votes.TryGetValue(judged.Packet.Ip!.Source, out int votes))
            return votes >= 0;
        // A sender of whom nothing arrived is where its peer is not.
        return _votes.TryGetValue(judged.Packet.Ip.Destination, out int peers) ? peers < 0 : isOfOne;
    }

    private readonly record struct Identity(
        IPAddress Source,
        int SourcePort,
        IPAddress Destination,
        int DestinationPort,
        SequenceNumber Sequence,
        SequenceNumber Acknowledgment,
        TcpFlags Flags,
        int Window,
        int LengthBytes,
        uint Identification,
        TcpTimestamps? Timestamps);
}
