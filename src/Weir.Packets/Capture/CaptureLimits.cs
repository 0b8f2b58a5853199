namespace Weir.Packets.Capture;

/// <summary>The most that captures take.</summary>
internal static class CaptureLimits
{
    /// <summary>Frames that are handed over in one go, before anybody may stop the capture.</summary>
    public const int FramesAtOnce = 10_000;
}
