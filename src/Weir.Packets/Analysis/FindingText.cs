using System.Text;

namespace Weir.Packets.Analysis;

/// <summary>Findings in words.</summary>
internal static class FindingText
{
    /// <summary>In the order in which they are counted and shown.</summary>
    public static IReadOnlyList<(SegmentFindings Finding, string Text)> All { get; } =
    [
        (SegmentFindings.Retransmission, "retransmission"),
        (SegmentFindings.FastRetransmission, "fast retransmission"),
        (SegmentFindings.SpuriousRetransmission, "spurious retransmission"),
        (SegmentFindings.TailLossProbe, "tail loss probe"),
        (SegmentFindings.OutOfOrder, "out of order"),
        (SegmentFindings.PreviousSegmentNotCaptured, "previous segment not captured"),
        (SegmentFindings.AcknowledgesUnseen, "acknowledges unseen data"),
        (SegmentFindings.DuplicateAck, "duplicate ack"),
        (SegmentFindings.WindowFull, "window full"),
        (SegmentFindings.ZeroWindow, "zero window"),
        (SegmentFindings.ZeroWindowProbe, "zero-window probe"),
        (SegmentFindings.ZeroWindowProbeAck, "answer to a zero-window probe"),
        (SegmentFindings.KeepAlive, "keep-alive"),
        (SegmentFindings.KeepAliveAck, "answer to a keep-alive"),
        (SegmentFindings.WindowUpdate, "window update"),
        (SegmentFindings.Reset, "reset"),
        (SegmentFindings.DuplicateSack, "duplicate SACK"),
    ];

    /// <summary>The findings of a segment, with commas between them; empty without any.</summary>
    public static string Describe(in SegmentAnalysis segment)
    {
        if (segment.Findings == SegmentFindings.None)
            return "";
        var text = new StringBuilder();
        foreach ((SegmentFindings finding, string name) in All)
        {
            if (!segment.Has(finding) || (finding == SegmentFindings.Retransmission && segment.Has(SegmentFindings.TailLossProbe)))
                continue;
            text.Append(text.Length > 0 ? ", " : "").Append(name);
            if (finding == SegmentFindings.DuplicateAck)
                text.Append(" #").Append(segment.DuplicateAckNumber);
            if (finding == SegmentFindings.Reset && Reason(segment.Reset) is { } reason)
                text.Append(": ").Append(reason);
        }

        return text.ToString();
    }

    public static string? Reason(ResetReason reason) => reason switch
    {
        ResetReason.PortClosed => "nothing listens on the port",
        ResetReason.HandshakeRefused => "the answer to the SYN was not wanted",
        ResetReason.DataAfterClose => "data came after close",
        ResetReason.UnknownConnection => "the connection is not known here",
        ResetReason.UnreadData => "closed with unread data, or SO_LINGER 0",
        ResetReason.Abort => "aborted, SO_LINGER 0",
        ResetReason.Repeated => "once more",
        _ => null,
    };
}
