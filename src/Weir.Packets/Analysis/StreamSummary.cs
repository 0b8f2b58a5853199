using System.Net;

namespace Weir.Packets.Analysis;

/// <summary>A stream as a whole, as far as its packets were added.</summary>
public sealed record StreamSummary
{
    /// <summary>From 0, in the order of the streams' first packets.</summary>
    public required long Number { get; init; }

    public required IPEndPoint Initiator { get; init; }

    public required IPEndPoint Responder { get; init; }

    public required StreamSideTotals FromInitiator { get; init; }

    public required StreamSideTotals FromResponder { get; init; }

    /// <summary>Of the first packet, nanoseconds since 1970-01-01 UTC.</summary>
    public required long StartNs { get; init; }

    /// <summary>From the first packet to the last.</summary>
    public required long DurationNs { get; init; }

    /// <summary>From the SYN to the ACK that completes the handshake; null when they were not captured.</summary>
    public required long? HandshakeNs { get; init; }

    public required StreamEnding Ending { get; init; }

    /// <summary>Why it was reset, the first time.</summary>
    public required ResetReason Reset { get; init; }

    /// <summary>Who reset it first; null when nobody did.</summary>
    public required StreamSide? ResetBy { get; init; }

    /// <summary>How many segments of both ends were found to be something.</summary>
    public int Count(SegmentFindings finding) => FromInitiator.Count(finding) + FromResponder.Count(finding);
}
