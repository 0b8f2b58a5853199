namespace Weir.Wire;

/// <summary>A frame as somebody saw it who captured at one place.</summary>
/// <param name="Interface">Where, for the file.</param>
/// <param name="Comment">What became of it; null when it simply arrived.</param>
internal readonly record struct FrameSighting(RecordedPath Path, string Interface, long TimeNs, ReadOnlyMemory<byte> Bytes, string? Comment)
{
    /// <summary>Each as it was sent.</summary>
    public static IEnumerable<FrameSighting> AsSent(IReadOnlyList<RecordedFrame> frames) => SegmentRecords.Settled(frames)
        .Where(frame => frame.Fate is not WireFate.Duplicated)
        .Select(frame => new FrameSighting(frame.Path, $"{frame.Path.From}→{frame.Path.To}", frame.SentNs, frame.SentBytes, CommentOn(frame)));

    /// <summary>What a host has sent, as it was sent, and what has arrived at it, as it arrived.</summary>
    public static IEnumerable<FrameSighting> At(string host, IReadOnlyList<RecordedFrame> frames) =>
        Sent(host, frames).Concat(Arrived(host, frames)).OrderBy(sighting => sighting.TimeNs);

    // A copy was sent once, and what was injected was sent by nobody.
    private static IEnumerable<FrameSighting> Sent(string host, IReadOnlyList<RecordedFrame> frames) => SegmentRecords.Settled(frames)
        .Where(frame => frame.Path.From == host && frame.Fate is not (WireFate.Duplicated or WireFate.Injected))
        .Select(frame => new FrameSighting(frame.Path with { From = host, To = host }, $"to {frame.Path.To}", frame.SentNs, frame.SentBytes, CommentOn(frame)));

    private static IEnumerable<FrameSighting> Arrived(string host, IReadOnlyList<RecordedFrame> frames) => frames
        .Where(frame => frame.Path.To == host && frame.ReceivedNs is not null)
        .Select(frame => new FrameSighting(frame.Path with { From = host, To = host }, $"to {frame.Path.From}", frame.ReceivedNs!.Value, frame.LeftBytes, Comment: null));

    private static string? CommentOn(RecordedFrame frame) => frame.Fate switch
    {
        WireFate.Refused => $"{frame.Fate}: {frame.Errno}",
        WireFate.Forwarded => null,
        _ => frame.Fate.ToString(),
    };
}
