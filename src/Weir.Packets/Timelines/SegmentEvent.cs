using Weir.Packets.Analysis;
using Weir.Packets.Dissection;

namespace Weir.Packets.Timelines;

/// <summary>A segment, or another packet, on its way from one participant to another. <see cref="TimelineEvent.TimeNs"/> is when it was sent.</summary>
public sealed record SegmentEvent : TimelineEvent
{
    /// <summary>The sender's index in <see cref="Timeline.Participants"/>.</summary>
    public required int From { get; init; }

    /// <summary>The receiver's.</summary>
    public required int To { get; init; }

    /// <summary>When it arrived; null when it did not, and when only one place was watched.</summary>
    public long? ReceivedNs { get; init; }

    /// <summary>In a few words: <c>SYN seq=0 win=64240</c>.</summary>
    public required string Summary { get; init; }

    public TcpFlags Flags { get; init; }

    /// <summary>Counted from the stream's beginning; null for what is no TCP segment.</summary>
    public long? Sequence { get; init; }

    /// <summary>The payload.</summary>
    public int LengthBytes { get; init; }

    /// <summary>Counted from the stream's beginning; null without an ACK.</summary>
    public long? Acknowledgment { get; init; }

    public SegmentFate Fate { get; init; }

    /// <summary>What the analysis found in it.</summary>
    public SegmentFindings Findings { get; init; }

    /// <summary>What is said about it beside <see cref="Summary"/>: <c>fast retransmission</c>; empty for nothing.</summary>
    public string Remark { get; init; } = "";

    internal override long EndTimeNs => ReceivedNs ?? TimeNs;

    /// <summary>Whether it carries something again.</summary>
    internal bool IsRepeated =>
        (Findings & (SegmentFindings.Retransmission | SegmentFindings.FastRetransmission | SegmentFindings.SpuriousRetransmission)) != SegmentFindings.None;
}
