namespace Weir.Packets.Capture;

/// <summary>What to capture, and how.</summary>
public sealed record CaptureOptions
{
    /// <summary>The most of a frame that is captured, in files too: libpcap's own limit (MAXIMUM_SNAPLEN).</summary>
    public const int MaxSnapLengthBytes = 262_144;

    /// <summary>The name of an interface, or <c>any</c> for all of them.</summary>
    public string Interface { get; init; } = "any";

    /// <summary>An expression of pcap-filter(7); everything when empty.</summary>
    public string Filter { get; init; } = "";

    /// <summary>How much of each frame, in bytes; 1 to <see cref="MaxSnapLengthBytes"/>.</summary>
    public int SnapLengthBytes { get; init; } = MaxSnapLengthBytes;

    /// <summary>The kernel's buffer, in bytes. What does not fit is dropped and counted.</summary>
    public int BufferBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>How long the kernel may collect frames before it hands over a block of them, at least a millisecond.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether each frame is handed over as it comes. It costs more than blocks do.</summary>
    public bool IsImmediate { get; init; }

    /// <summary>Whether the interface is to take frames that are meant for others as well.</summary>
    public bool IsPromiscuous { get; init; }
}
