namespace Weir.Packets.Analysis;

/// <summary>What went wrong in a capture's streams, for people.</summary>
public static class AnalysisText
{
    /// <summary>The most streams that the last line names.</summary>
    private const int MaxNamed = 20;

    private const SegmentFindings Harmless = SegmentFindings.KeepAlive | SegmentFindings.KeepAliveAck | SegmentFindings.WindowUpdate;

    /// <summary>A paragraph for each stream, and of several a line that names those with trouble.</summary>
    public static void Write(TextWriter writer, CaptureAnalysis analysis)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(analysis);
        var troubled = new List<long>();
        foreach (StreamAnalysis stream in analysis.Streams)
        {
            StreamSummary summary = stream.Summarize();
            Write(writer, summary);
            if (HasTrouble(summary))
                troubled.Add(summary.Number);
        }

        if (analysis.Streams.Count > 1)
            writer.WriteLine($"{analysis.Streams.Count} streams, {Troubled(troubled)}");
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

    private static string Troubled(List<long> numbers)
    {
        string more = numbers.Count > MaxNamed ? ", …" : "";
        return numbers.Count == 0 ? "none with trouble" : $"{numbers.Count} with trouble: {string.Join(", ", numbers.Take(MaxNamed))}{more}";
    }

    private static string Totals(StreamSideTotals side)
    {
        string again = side.RetransmittedSegments > 0 ? $", {side.RetransmittedSegments} retransmitted ({side.RetransmittedBytes:N0} B)" : "";
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
