using Weir.Packets.Dissection;

namespace Weir.Packets.Analysis;

/// <summary>What was seen of one end: a fixed number of fields, however long the stream is.</summary>
internal sealed class StreamHalf
{
    /// <summary>The number after the highest that was sent; null before the first segment.</summary>
    public SequenceNumber? Next { get; private set; }

    /// <summary>The number after the last that was seen without a gap before it; null before the first segment.</summary>
    public SequenceNumber? Gapless { get; private set; }

    /// <summary>When <see cref="Next"/> moved.</summary>
    public long NextTimeNs { get; private set; }

    /// <summary>The last acknowledgment that it sent; null before.</summary>
    public SequenceNumber? Acknowledged { get; private set; }

    public long AcknowledgedTimeNs { get; private set; }

    /// <summary>As it stood in the last header; null before the first segment.</summary>
    public int? Window { get; private set; }

    /// <summary>The same, scaled; null when the scale is not known, a closed window's too.</summary>
    public long? WindowBytes { get; private set; }

    public bool HasSyn { get; private set; }

    public bool HasFin { get; private set; }

    public SequenceNumber FinEnd { get; private set; }

    public bool HasReset { get; private set; }

    public bool IsSackPermitted { get; private set; }

    public int DuplicateAcks { get; set; }

    public SegmentFindings LastFindings { get; private set; }

    public TcpFlags LastFlags { get; private set; }

    /// <summary>Whether data arrived from the peer after this end's FIN.</summary>
    public bool SawDataAfterFin { get; set; }

    /// <summary>Whether something was sent again since the peer last acknowledged something new.</summary>
    public bool HasSentAgain { get; set; }

    public StreamSideTotals Totals { get; } = new();

    /// <summary>Whether its last segment asked for a window, or whether anybody is there, without a byte.</summary>
    public bool HasProbedWithoutData { get; private set; }

    public bool HasSegments => Next is not null;

    /// <summary>Takes over what the next segments are compared with.</summary>
    public void Remember(in Segment segment, long? windowBytes, SegmentFindings findings)
    {
        bool isProbe = (findings & SegmentFindings.ZeroWindowProbe) != SegmentFindings.None;
        // A reset's numbers may be anything, and what it carries is no part of the stream.
        bool moves = !isProbe && !segment.IsReset;
        if (moves && (Next is not { } next || segment.End > next))
        {
            Next = segment.End;
            NextTimeNs = segment.TimeNs;
        }

        // What begins at a gap fills it, as far as so few fields can tell.
        if (moves && (Gapless is not { } gapless || segment.Sequence == gapless))
            Gapless = Next;
        if (segment.IsAck)
            (Acknowledged, AcknowledgedTimeNs) = (segment.Acknowledgment, segment.TimeNs);
        (Window, WindowBytes) = (segment.Window, windowBytes);
        LastFindings = findings;
        LastFlags = segment.Flags;
        HasReset |= segment.IsReset;
        if (segment.IsSyn)
            RememberOptions(segment.Options);
        if (segment.IsFin)
            (HasFin, FinEnd) = (true, segment.End);
        HasProbedWithoutData = isProbe && segment.LengthBytes == 0;
    }

    /// <summary>A probe's byte counts as sent only when the peer has taken it.</summary>
    public void AdvancePastProbe() => Next = Gapless = Next + 1;

    /// <summary>The peer has what was not seen, and will acknowledge more of it.</summary>
    public void ForgetGaps(SequenceNumber acknowledged) => Gapless = SequenceNumber.Max(Next ?? acknowledged, acknowledged);

    private void RememberOptions(TcpOptions options)
    {
        HasSyn = true;
        IsSackPermitted = options.SackPermitted;
    }
}
