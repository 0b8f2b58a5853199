using Weir.Packets;

namespace Weir.Cli.Capturing;

/// <summary>A frame where the kernel or the file's reader has put it; for the length of a call.</summary>
internal readonly ref struct FrameView(LinkType link, long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes)
{
    public LinkType Link => link;

    public long TimestampNs => timestampNs;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public int OriginalBytes => originalBytes;

    /// <summary>What a file notes on it.</summary>
    public string? Comment { get; init; }

    /// <summary>Which of the file's interfaces.</summary>
    public int Interface { get; init; }

    public static FrameView Of(CapturedFrame frame) =>
        new(frame.Link, frame.TimestampNs, frame.Bytes.Span, frame.OriginalBytes) { Comment = frame.Comment, Interface = frame.Interface };

    /// <summary>A copy that lasts.</summary>
    public CapturedFrame ToFrame() => new(link, timestampNs, Bytes.ToArray(), originalBytes) { Comment = Comment, Interface = Interface };
}
