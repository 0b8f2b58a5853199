using Weir.Packets.Dissection;

namespace Weir.Packets.Analysis;

/// <summary>A segment in its stream. Sequence numbers count from the stream's beginning, the SYN being 0; where it was not captured, from 1.</summary>
public readonly record struct SegmentAnalysis
{
    /// <summary>The sender.</summary>
    public StreamSide Side { get; init; }

    public TcpFlags Flags { get; init; }

    public long Sequence { get; init; }

    /// <summary>0 without an ACK.</summary>
    public long Acknowledgment { get; init; }

    /// <summary>The payload.</summary>
    public int LengthBytes { get; init; }

    /// <summary>What the sender has room for; null when the capture doesn't tell how windows are scaled.</summary>
    public long? WindowBytes { get; init; }

    public SegmentFindings Findings { get; init; }

    /// <summary>Which repetition of the same acknowledgment this is, from 1; 0 when it is none.</summary>
    public int DuplicateAckNumber { get; init; }

    public ResetReason Reset { get; init; }

    /// <summary>Whether it is one of the findings.</summary>
    public bool Has(SegmentFindings finding) => (Findings & finding) != SegmentFindings.None;

    /// <summary>Whether it carries again what was sent before, for whatever reason.</summary>
    public bool IsRetransmission =>
        Has(SegmentFindings.Retransmission | SegmentFindings.FastRetransmission | SegmentFindings.SpuriousRetransmission);

    public override string ToString() => FindingText.Describe(this);
}
