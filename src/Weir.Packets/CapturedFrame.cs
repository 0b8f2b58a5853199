namespace Weir.Packets;

/// <summary>The bytes of one frame as they were captured, and when.</summary>
/// <param name="TimestampNs">Nanoseconds since 1970-01-01 UTC.</param>
/// <param name="OriginalBytes">How long the frame was on the wire; more than <paramref name="Bytes"/> holds where the capture cut it.</param>
public readonly record struct CapturedFrame(LinkType Link, long TimestampNs, ReadOnlyMemory<byte> Bytes, int OriginalBytes)
{
    /// <summary>Which of the capture's interfaces, in the order of their descriptions in the file.</summary>
    public int Interface { get; init; }

    /// <summary>What a person or a program noted on this frame, or null.</summary>
    public string? Comment { get; init; }
}
