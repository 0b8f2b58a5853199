namespace Weir.Packets.Following;

/// <summary>Why bytes are missing from what is followed.</summary>
public enum FollowGap
{
    /// <summary>None are.</summary>
    None,

    /// <summary>The capture does not have them: it lost them, or began later.</summary>
    NotCaptured,

    /// <summary>The capture has only the beginning of their packet.</summary>
    CutOff,

    /// <summary>So much came after them that there was no room left to wait for them.</summary>
    WaitedTooLong,

    /// <summary>They are in later fragments of their datagram, which are not put together.</summary>
    Fragmented,
}
