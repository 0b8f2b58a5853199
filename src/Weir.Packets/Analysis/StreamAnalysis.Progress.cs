using Weir.Packets.Streams;

namespace Weir.Packets.Analysis;

// How far the connection is.
public sealed partial class StreamAnalysis
{
    private void Remember(in Segment segment, in StreamSegment place, in SegmentAnalysis analysis)
    {
        StreamSide side = analysis.Side;
        StreamHalf sender = Half(side);
        StreamHalf receiver = Half(1 - side);
        FollowHandshake(segment, side);
        if (segment.IsAck && segment.Acknowledgment != sender.Acknowledged)
            receiver.HasSentAgain = false;
        if (analysis.Has(SegmentFindings.AcknowledgesUnseen))
            receiver.ForgetGaps(segment.Acknowledgment);
        sender.HasSentAgain |= analysis.IsRetransmission;
        receiver.SawDataAfterFin |= receiver.HasFin && segment.LengthBytes > 0 && !analysis.IsRetransmission;
        if (segment.IsReset && _resetBy is null)
            (_reset, _resetBy) = (analysis.Reset, side);
        sender.Totals.Add(analysis);
        sender.Remember(segment, segment.IsSyn || Stream.IsScaleKnown ? place.WindowBytes : null, analysis.Findings);
        if (sender.Next is { } next)
            sender.Totals.StreamBytes = Math.Max(place.From.Position(next) - 1 - (sender.HasFin ? 1 : 0), 0);
    }

    private void FollowHandshake(in Segment segment, StreamSide side)
    {
        if (segment.IsSyn)
        {
            _hasAnswer |= segment.IsAck || side == StreamSide.Responder;
            if (!segment.IsAck)
                _synNs = segment.TimeNs;
        }
        else if (_hasAnswer && !_isEstablished && segment.IsAck && !segment.IsReset && side == StreamSide.Initiator)
        {
            _isEstablished = true;
            if (_initiator.HasSyn && _synNs != 0)
                _handshakeNs = segment.TimeNs - _synNs;
        }
    }

    private StreamEnding Ending()
    {
        if (_resetBy is not null)
            return _reset == ResetReason.PortClosed ? StreamEnding.Refused : StreamEnding.Reset;
        if (!_isEstablished)
            return StreamEnding.NotEstablished;
        if (!_initiator.HasFin && !_responder.HasFin)
            return StreamEnding.Open;
        if (!_initiator.HasFin || !_responder.HasFin)
            return StreamEnding.HalfClosed;
        bool isKnown = IsFinAcknowledged(_initiator, _responder) && IsFinAcknowledged(_responder, _initiator);
        return isKnown ? StreamEnding.Closed : StreamEnding.Closing;
    }

    private static bool IsFinAcknowledged(StreamHalf closed, StreamHalf peer) => peer.Acknowledged is { } acknowledged && acknowledged >= closed.FinEnd;
}
