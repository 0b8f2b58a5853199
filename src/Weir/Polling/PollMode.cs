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
