namespace Weir;

/// <summary>Where a handler goes on when a read or a flush of ours completes.</summary>
public enum LoopScheduling
{
    /// <summary>On the thread pool, one hop: a handler may block or compute without holding up its loop.</summary>
    ThreadPool,

    /// <summary>
    /// On the loop itself: no hop, about a quarter less CPU per small request. A handler that holds the loop holds all its connections;
    /// the watchdog reports one that does so for longer than <see cref="LoopOptions.StallThreshold"/>.
    /// </summary>
    Inline,
}
