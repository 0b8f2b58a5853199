namespace Weir.Packets.Capture;

/// <summary>Takes a frame as long as the call lasts.</summary>
/// <param name="timestampNs">Nanoseconds since 1970-01-01 UTC, by the kernel.</param>
/// <param name="bytes">What was captured of it; the kernel's own memory.</param>
/// <param name="originalBytes">How long the frame was.</param>
public delegate void FrameHandler(long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes);
