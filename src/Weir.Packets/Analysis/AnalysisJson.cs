using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Packets.Analysis;

/// <summary>
/// What went wrong in a capture's streams, for programs: an object per stream. <c>stream</c> counts from 0; <c>initiator</c> and <c>responder</c> are
/// <c>address:port</c>; <c>startNs</c> counts nanoseconds since 1970, <c>durationNs</c> and <c>handshakeNs</c> (null when it was not captured) are
/// lengths; <c>ending</c> is a <see cref="StreamEnding"/>, <c>reset</c> a <see cref="ResetReason"/>, <c>resetBy</c> null or a <see cref="StreamSide"/>;
/// <c>fromInitiator</c> and <c>fromResponder</c> say what each end sent: <c>segments</c>, <c>streamBytes</c>, <c>payloadBytes</c>,
/// <c>retransmittedSegments</c>, <c>retransmittedBytes</c> and in <c>findings</c> how many of its segments were each of <see cref="SegmentFindings"/>.
/// </summary>
public static class AnalysisJson
{
    /// <summary>One line.</summary>
    public static string Serialize(StreamSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return JsonSerializer.Serialize(
            new StreamLine(
                summary.Number,
                summary.Initiator.ToString(),
                summary.Responder.ToString(),
                summary.StartNs,
                summary.DurationNs,
                summary.HandshakeNs,
                JsonNames.Of(summary.Ending),
                JsonNames.Of(summary.Reset),
                summary.ResetBy is { } side ? JsonNames.Of(side) : null,
                Side(summary.FromInitiator),
                Side(summary.FromResponder)),
            AnalysisJsonContext.Default.StreamLine);
    }

    private static StreamSideLine Side(StreamSideTotals totals) => new(
        totals.Segments,
        totals.StreamBytes,
        totals.PayloadBytes,
        totals.RetransmittedSegments,
        totals.RetransmittedBytes,
        FindingText.All.Where(each => totals.Count(each.Finding) > 0).ToDictionary(each => JsonNames.Of(each.Finding), each => totals.Count(each.Finding)));
}

internal sealed record StreamLine(
    long Stream,
    string Initiator,
    string Responder,
    long StartNs,
    long DurationNs,
    long? HandshakeNs,
    string Ending,
    string Reset,
    string? ResetBy,
    StreamSideLine FromInitiator,
    StreamSideLine FromResponder);

internal sealed record StreamSideLine(
    long Segments,
    long StreamBytes,
    long PayloadBytes,
    long RetransmittedSegments,
    long RetransmittedBytes,
    Dictionary<string, int> Findings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StreamLine))]
internal sealed partial class AnalysisJsonContext : JsonSerializerContext;
