namespace Weir.Packets.Files;

/// <summary>What a file says about one of its interfaces. A pcap file has one, without a name.</summary>
public sealed record CaptureInterface
{
    public required LinkType Link { get; init; }

    /// <summary>The kernel's name, or null.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The most that was captured of each frame; 0 without a limit.</summary>
    public long SnapBytes { get; init; }

    /// <summary>How many frames it saw, if the file has come to that.</summary>
    public long? Received { get; internal set; }

    /// <summary>How many of them it lost, if the file has come to that.</summary>
    public long? Dropped { get; internal set; }

    internal TickLength Tick { get; init; }
}
