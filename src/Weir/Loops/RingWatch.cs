namespace Weir.Loops;

/// <summary>Which operations the kernel has for a source.</summary>
[Flags]
internal enum RingWatch : byte
{
    None = 0,
    Polling = 1,
    PollingRoom = 2,
    Accepting = 4,
    Receiving = 8,

    /// <summary>The receive or the accept is being taken back.</summary>
    Cancelling = 16,

    /// <summary>The receive has ended because there was no buffer, and goes on when there is one.</summary>
    WithoutBuffer = 32,

    /// <summary>Room is told once for each change: the peer has finished, and a poll that looks at what is so would end at once.</summary>
    RoomByEdge = 64,
}

internal static class RingWatchFlags
{
    public static bool Has(this RingWatch watch, RingWatch flag) => (watch & flag) != RingWatch.None;
}
