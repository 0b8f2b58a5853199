using Weir.Packets.Dissection;

namespace Weir.Packets.Analysis;

/// <summary>
/// Why an end resets. A kernel that answers a segment which belongs to no socket takes the number from that segment's acknowledgment and sends
/// no ACK of its own; when a program gives a connection up, its kernel sends RST with ACK (RFC 9293, section 3.10.7; tcp_send_active_reset).
/// </summary>
internal static class ResetRules
{
    public static ResetReason Explain(in Segment segment, StreamHalf sender, StreamHalf receiver)
    {
        if (sender.HasReset)
            return ResetReason.Repeated;
        bool answersSyn = receiver.LastFlags.HasFlag(TcpFlags.Syn);
        if (answersSyn && !sender.HasSegments && segment.IsAck)
            return ResetReason.PortClosed;
        if (answersSyn && receiver.LastFlags.HasFlag(TcpFlags.Ack) && sender.Acknowledged is null)
            return ResetReason.HandshakeRefused;
        if (sender.HasFin && sender.SawDataAfterFin)
            return ResetReason.DataAfterClose;
        if (!segment.IsAck)
            return ResetReason.UnknownConnection;
        return receiver.Totals.PayloadBytes > 0 ? ResetReason.UnreadData : ResetReason.Abort;
    }
}
