using Weir.Packets.Dissection;

namespace Weir.Packets.Analysis;

/// <summary>
/// What a segment is, compared with what both ends sent before. The definitions are those of the Wireshark User's Guide, "TCP Analysis", so that
/// a capture reads the same here and there.
/// </summary>
internal static class SegmentRules
{
    private const long FastRetransmissionNs = 20_000_000;

    // The third may be missing from the capture.
    private const int DuplicatesForFastRetransmission = 2;
    private const long ReorderingNs = 3_000_000;

    /// <param name="handshakeNs">How long the handshake took, when it was captured: what comes sooner was not sent again.</param>
    public static SegmentFindings Judge(in Segment segment, StreamHalf sender, StreamHalf receiver, long? handshakeNs)
    {
        SegmentFindings findings = OwnFindings(segment);
        if (segment.IsAck && receiver.Gapless is { } seen && segment.Acknowledgment > seen)
            findings |= SegmentFindings.AcknowledgesUnseen;
        if (sender.Next is { } next)
        {
            if (IsByteProbe(segment, next, receiver))
                return (findings & ~SegmentFindings.ZeroWindow) | SegmentFindings.ZeroWindowProbe | Acknowledged(segment, receiver);
            findings |= Place(segment, next, receiver);
            findings |= Answer(segment, next, sender, receiver);
        }

        if (FillsWindow(segment, receiver))
            findings |= SegmentFindings.WindowFull;
        if (sender.Next is { } highest && segment.TakesSpace && segment.Sequence < highest && !IsProbeLike(segment, highest))
            findings |= Repetition(segment, highest, sender, receiver, handshakeNs);
        return findings;
    }

    private static SegmentFindings OwnFindings(in Segment segment)
    {
        SegmentFindings findings = SegmentFindings.None;
        if (segment.IsReset)
            findings |= SegmentFindings.Reset;
        if (segment.IsPlain && segment.Window == 0)
            findings |= SegmentFindings.ZeroWindow;
        if (segment.Options.HasDuplicateSack)
            findings |= SegmentFindings.DuplicateSack;
        return findings;
    }

    private static bool IsByteProbe(in Segment segment, SequenceNumber next, StreamHalf receiver) =>
        segment.LengthBytes == 1 && segment.Sequence == next && receiver.Window == 0 && segment.IsPlain;

    // tshark takes whatever begins one byte before the end for a probe; that includes a repeated byte with new ones behind it.
    private static bool IsProbeLike(in Segment segment, SequenceNumber next) => segment.IsPlain && segment.Sequence == next - 1;

    private static SegmentFindings Place(in Segment segment, SequenceNumber next, StreamHalf receiver)
    {
        if (segment.Sequence > next && !segment.IsReset)
            return SegmentFindings.PreviousSegmentNotCaptured;
        if (segment.LengthBytes > 1 || !segment.IsPlain || segment.Sequence != next - 1)
            return SegmentFindings.None;
        // Linux asks whether a window is still closed in the form of a keep-alive (tcp_xmit_probe_skb).
        return receiver.Window == 0 && segment.LengthBytes == 0 ? SegmentFindings.ZeroWindowProbe : SegmentFindings.KeepAlive;
    }

    /// <summary>Acknowledgments without data.</summary>
    private static SegmentFindings Answer(in Segment segment, SequenceNumber next, StreamHalf sender, StreamHalf receiver)
    {
        if (segment.LengthBytes > 0 || !segment.IsPlain || segment.Sequence != next || segment.Acknowledgment != sender.Acknowledged)
            return SegmentFindings.None;
        bool isSameWindow = segment.Window == sender.Window;
        if (segment.Window == 0)
        {
            return isSameWindow && (receiver.LastFindings & SegmentFindings.ZeroWindowProbe) != SegmentFindings.None
                ? SegmentFindings.ZeroWindowProbeAck
                : SegmentFindings.None;
        }

        if (!isSameWindow)
            return SegmentFindings.WindowUpdate;
        if (receiver.HasProbedWithoutData || (receiver.LastFindings & SegmentFindings.KeepAlive) != SegmentFindings.None)
            return SegmentFindings.KeepAliveAck;
        return SegmentFindings.DuplicateAck;
    }

    /// <summary>Whether the byte of the receiver's last probe was taken, although there is still no room for more.</summary>
    public static bool TakesProbe(in Segment segment, StreamHalf sender, StreamHalf receiver) =>
        segment is { LengthBytes: 0, IsPlain: true, Window: 0 } && sender.Window == 0 && sender.Next == segment.Sequence
        && sender.Acknowledged is { } acknowledged && segment.Acknowledgment == acknowledged + 1
        && (receiver.LastFindings & SegmentFindings.ZeroWindowProbe) != SegmentFindings.None && !receiver.HasProbedWithoutData;

    private static bool FillsWindow(in Segment segment, StreamHalf receiver) =>
        segment is { LengthBytes: > 0, IsPlain: true } && receiver is { Acknowledged: { } edge, WindowBytes: { } window }
        && segment.End == edge + (int)window;

    private static SegmentFindings Acknowledged(in Segment segment, StreamHalf receiver) =>
        receiver.Acknowledged is { } acknowledged && segment.End <= acknowledged ? SegmentFindings.SpuriousRetransmission : SegmentFindings.None;

    private static SegmentFindings Repetition(
        in Segment segment, SequenceNumber highest, StreamHalf sender, StreamHalf receiver, long? handshakeNs)
    {
        if (segment.LengthBytes > 0 && Acknowledged(segment, receiver) is SegmentFindings.SpuriousRetransmission)
            return SegmentFindings.SpuriousRetransmission;
        bool isSoon = segment.TimeNs - receiver.AcknowledgedTimeNs < FastRetransmissionNs;
        if (isSoon && receiver.Acknowledged == segment.Sequence && receiver.DuplicateAcks >= DuplicatesForFastRetransmission)
            return SegmentFindings.FastRetransmission;
        if (segment.TimeNs - sender.NextTimeNs < (handshakeNs ?? ReorderingNs) && segment.End != highest)
            return SegmentFindings.OutOfOrder;
        return SegmentFindings.Retransmission | TailProbe(segment, highest, sender, receiver);
    }

    /// <summary>
    /// The last segment once more, before anything else is: a timer would have begun with the first. Where only one was under way both look alike,
    /// and a sender that knows SACK probes first (RFC 8985, section 7.2).
    /// </summary>
    private static SegmentFindings TailProbe(in Segment segment, SequenceNumber highest, StreamHalf sender, StreamHalf receiver)
    {
        bool isTail = segment.End == highest && segment.LengthBytes > 0 && !sender.HasSentAgain;
        bool knowsSack = sender.IsSackPermitted && receiver.IsSackPermitted;
        return isTail && knowsSack ? SegmentFindings.TailLossProbe : SegmentFindings.None;
    }
}
