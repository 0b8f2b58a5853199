namespace Weir.Packets.Following;

/// <summary>How much of a direction waits for missing bytes before those are given up. What is given up is a gap, and said to be one.</summary>
public sealed record FollowLimits
{
    internal static FollowLimits Default { get; } = new();

    /// <summary>More than the largest window that a kernel gives by default (tcp_rmem), so that what is sent again still finds its place.</summary>
    public int MaxWaitingBytes { get; init; } = 32 << 20;

    /// <summary>Segments, however short each is.</summary>
    public int MaxWaitingPieces { get; init; } = 65_536;
}
