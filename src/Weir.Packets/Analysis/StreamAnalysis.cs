using System.Net;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Analysis;

/// <summary>
/// Judges the segments of one TCP stream as they come. It keeps a fixed number of fields for each end, however long the stream is. Not for
/// several threads at once.
/// </summary>
public sealed partial class StreamAnalysis
{
    private readonly StreamHalf _initiator = new();
    private readonly StreamHalf _responder = new();
    private long? _startNs;
    private long _lastNs;
    private long _synNs;
    private bool _hasAnswer;
    private bool _isEstablished;
    private long? _handshakeNs;
    private ResetReason _reset;
    private StreamSide? _resetBy;

    /// <param name="stream">A stream of a <see cref="StreamTable"/>.</param>
    public StreamAnalysis(TcpStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Stream = stream;
    }

    public TcpStream Stream { get; }

    /// <summary>What was seen so far.</summary>
    public StreamSummary Summarize() => new()
    {
        Number = Stream.Number,
        Initiator = new IPEndPoint(Stream.Initiator.Address, Stream.Initiator.Port),
        Responder = new IPEndPoint(Stream.Responder.Address, Stream.Responder.Port),
        FromInitiator = _initiator.Totals.Copy(),
        FromResponder = _responder.Totals.Copy(),
        StartNs = _startNs ?? 0,
        DurationNs = _lastNs - (_startNs ?? 0),
        HandshakeNs = _handshakeNs,
        Ending = Ending(),
        Reset = _reset,
        ResetBy = _resetBy,
    };

    /// <summary>Judges the next packet.</summary>
    /// <param name="packet">In the capture's order.</param>
    /// <param name="place">What the stream's table says of it.</param>
    /// <exception cref="ArgumentException">It has no TCP header, or is not of this stream.</exception>
    public SegmentAnalysis Add(Packet packet, StreamSegment place)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet.Tcp is null)
            throw new ArgumentException("The packet has no TCP header.", nameof(packet));
        if (place.Stream != Stream)
            throw new ArgumentException("The segment is of another stream.", nameof(place));
        var segment = Segment.From(packet);
        Begin(segment);
        SegmentAnalysis analysis = Judge(segment, place);
        Remember(segment, place, analysis);
        return analysis;
    }

    private StreamHalf Half(StreamSide side) => side == StreamSide.Initiator ? _initiator : _responder;

    private void Begin(in Segment segment)
    {
        _lastNs = Math.Max(_lastNs, segment.TimeNs);
        if (_startNs is not null)
            return;
        _startNs = segment.TimeNs;
        _isEstablished = !segment.IsSyn && !segment.IsReset;
    }

    private SegmentAnalysis Judge(in Segment segment, in StreamSegment place)
    {
        StreamSide side = place.IsFromInitiator ? StreamSide.Initiator : StreamSide.Responder;
        StreamHalf sender = Half(side);
        StreamHalf receiver = Half(1 - side);
        if (SegmentRules.TakesProbe(segment, sender, receiver))
            receiver.AdvancePastProbe();
        SegmentFindings findings = SegmentRules.Judge(segment, sender, receiver, _handshakeNs);
        bool isDuplicate = (findings & SegmentFindings.DuplicateAck) != SegmentFindings.None;
        if (segment.Acknowledgment != sender.Acknowledged || !segment.IsAck)
            sender.DuplicateAcks = 0;
        if (isDuplicate)
            sender.DuplicateAcks++;
        return new SegmentAnalysis
        {
            Side = side,
            Flags = segment.Flags,
            Sequence = place.Sequence,
            Acknowledgment = place.Acknowledgment ?? 0,
            LengthBytes = segment.LengthBytes,
            WindowBytes = place.WindowBytes,
            Findings = findings,
            DuplicateAckNumber = isDuplicate ? sender.DuplicateAcks : 0,
            Reset = segment.IsReset ? ResetRules.Explain(segment, sender, receiver) : ResetReason.None,
        };
    }
}
