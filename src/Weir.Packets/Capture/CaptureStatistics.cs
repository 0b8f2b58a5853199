namespace Weir.Packets.Capture;

/// <summary>What the kernel counted since the capture began.</summary>
/// <param name="Received">Frames that passed the filter, those that were dropped included.</param>
/// <param name="Dropped">Frames that found the buffer full.</param>
public readonly record struct CaptureStatistics(long Received, long Dropped);
