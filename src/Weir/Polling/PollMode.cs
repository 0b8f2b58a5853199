namespace Weir.Polling;

/// <summary>When a watched descriptor is reported (epoll(7)).</summary>
[Flags]
public enum PollMode
{
    /// <summary>At every wait, as long as it is ready.</summary>
    Level = 0,

    /// <summary>Once per change: the reader goes on until EAGAIN, or takes a short read as the end.</summary>
    Edge = 1,

    /// <summary>Once; then it is silent until <see cref="IPoller.Modify"/>.</summary>
    OneShot = 2,

    /// <summary>Of several pollers that watch the same descriptor, not all are woken. For level or edge, never with Modify.</summary>
    Exclusive = 4,
}

/// <summary>Enum.HasFlag allocates until its caller is compiled for good; these never do.</summary>
internal static class PollFlags
{
    public const PollEvents All =
        PollEvents.Readable | PollEvents.Priority | PollEvents.Writable | PollEvents.Error | PollEvents.HangUp | PollEvents.PeerFinished;

    public static bool Has(this PollMode mode, PollMode flag) => (mode & flag) != PollMode.Level;

    public static bool Has(this PollEvents events, PollEvents flag) => (events & flag) != PollEvents.None;
}
