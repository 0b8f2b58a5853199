using Weir.Packets;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Wire;

/// <summary>
/// What each segment of a recording is, as its sender sees it: beside what it has sent itself stands what has arrived, when it arrived. A wire takes its time, so that in any
/// other order a retransmission would come long before or after what it answers.
/// </summary>
internal sealed class EndAnalysis
{
    private readonly Dictionary<RecordedFrame, (Packet Packet, SegmentAnalysis? Segment, StreamSegment Place)> _judged = new(ReferenceEqualityComparer.Instance);

    /// <param name="frames">One for each that was sent, and those that the wire has added.</param>
    public EndAnalysis(IReadOnlyCollection<RecordedFrame> frames)
    {
        // What passes two wires is sent once on each of them.
        foreach (IGrouping<object, RecordedFrame> link in frames.GroupBy(frame => frame.Path.Link))
        {
            foreach (string end in link.Select(frame => frame.Path.From).Distinct())
                Judge(end, [.. link]);
        }
    }

    public (Packet Packet, SegmentAnalysis? Segment, StreamSegment Place) this[RecordedFrame frame] => _judged[frame];

    private void Judge(string end, RecordedFrame[] frames)
    {
        var analysis = new CaptureAnalysis();
        IEnumerable<(RecordedFrame Frame, long TimeNs, bool IsSent)> sent = frames.Where(frame => frame.Path.From == end).Select(frame => (frame, frame.SentNs, true));
        IEnumerable<(RecordedFrame Frame, long TimeNs, bool IsSent)> arrived = frames
            .Where(frame => frame.Path.To == end && frame.ReceivedNs is not null)
            .Select(frame => (frame, frame.ReceivedNs!.Value, false));
        foreach ((RecordedFrame frame, long timeNs, bool isSent) in sent.Concat(arrived).OrderBy(seen => seen.TimeNs).ThenBy(seen => seen.Frame.Number))
        {
            ReadOnlyMemory<byte> bytes = isSent ? frame.SentBytes : frame.LeftBytes;
            Packet packet = Packet.Dissect(new CapturedFrame(LinkType.Ethernet, timeNs, bytes, bytes.Length));
            // A copy that the wire made is nothing that anybody sent.
            StreamSegment place = default;
            SegmentAnalysis? segment = isSent && frame.Fate is WireFate.Duplicated ? null : analysis.Add(packet, out place);
            if (isSent)
                _judged.Add(frame, (packet, segment, place));
        }
    }
}
