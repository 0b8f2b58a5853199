namespace Weir.Packets.Analysis;

/// <summary>What went wrong in a capture's streams, for people.</summary>
public static class AnalysisText
{
    private const SegmentFindings Harmless = SegmentFindings.KeepAlive | SegmentFindings.KeepAliveAck | SegmentFindings.WindowUpdate;

    /// <summary>A paragraph for each stream.</summary>
    public static void Write(TextWriter writer, CaptureAnalysis analysis)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(analysis);
        foreach (StreamAnalysis stream in analysis.Streams)
            Write(writer, stream.Summarize());
        if (analysis.SkippedSegments > 0)
            writer.WriteLine($"{analysis.SkippedSegments} segments were not judged: fragments, or more than {CaptureAnalysis.MaxStreams} streams");
    }

    /// <summary>Three lines: who and how it ended, what each end sent; and one with what was found, unless nothing was.</summary>
    public static void Write(TextWriter writer, StreamSummary summary)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(summary);
        string handshake = summary.HandshakeNs is { } ns ? $", handshake {DurationText.Describe(ns)}" : "";
        writer.WriteLine(
            $"stream {summary.Number}: {summary.Initiator} to {summary.Responder}, {Ending(summary)} after {DurationText.Describe(summary.DurationNs)}{handshake}");
        writer.WriteLine($"  sent      {Totals(summary.FromInitiator)}");
        writer.WriteLine($"  received  {Totals(summary.FromResponder)}");
        string[] found = [.. FindingText.All.Where(each => summary.Count(each.Finding) > 0).Select(each => Count(summary, each.Finding, each.Text))];
        if (found.Length > 0)
            writer.WriteLine($"  found     {string.Join(", ", found)}");
    }

    /// <summary>Whether there is anything that a person looking for trouble wants to see.</summary>
    public static bool HasTrouble(StreamSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Ending == StreamEnding.NotEstablished
            || FindingText.All.Any(each => (each.Finding & Harmless) == SegmentFindings.None && summary.Count(each.Finding) > 0);
    }

    internal static string Ending(StreamSummary summary) => summary.Ending switch
    {
        StreamEnding.NotEstablished => "not established",
        StreamEnding.Open => "open",
        StreamEnding.HalfClosed => "half closed",
        StreamEnding.Closing => "closing",
        StreamEnding.Closed => "closed",
        StreamEnding.Refused => "refused",
        _ => $"reset by {(summary.ResetBy == StreamSide.Initiator ? summary.Initiator : summary.Responder)} ({FindingText.Reason(summary.Reset)})",
    };

    private static string Totals(StreamSideTotals side)
    {
        string again = side.RetransmittedSegments > 0 ? $", {side.RetransmittedSegments} of them again ({side.RetransmittedBytes:N0} B)" : "";
        return $"{side.StreamBytes:N0} B in {side.Segments:N0} segment{(side.Segments == 1 ? "" : "s")}{again}";
    }

    private static string Count(StreamSummary summary, SegmentFindings finding, string name)
    {
        bool bothWays = summary.FromInitiator.Count(finding) > 0 && summary.FromResponder.Count(finding) > 0;
        return bothWays
            ? $"{summary.Count(finding)} {name} ({summary.FromInitiator.Count(finding)} sent)"
            : $"{summary.Count(finding)} {name} {(summary.FromInitiator.Count(finding) > 0 ? "sent" : "received")}";
    }
}
