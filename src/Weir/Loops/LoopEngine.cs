namespace Weir;

/// <summary>The kernel's call that a loop waits with. All serve the same connections in the same way; what differs is what a wait costs.</summary>
public enum LoopEngine
{
    /// <summary>The engine that is never the wrong one: epoll. docs/engines.md has the figures and the weights.</summary>
    Auto,

    /// <summary>
    /// io_uring(7): the kernel receives into the loop's buffers by itself, and a wait costs what has arrived. Where it is not allowed, or older
    /// than Linux 5.15, epoll takes its place, and <see cref="LoopGroup.EngineRefusal"/> says why.
    /// </summary>
    Uring,

    /// <summary>epoll(7): a wait costs what is ready.</summary>
    Epoll,

    /// <summary>ppoll(2): a wait costs what is watched, ready or not.</summary>
    Poll,

    /// <summary>
    /// pselect6(2), by the kernel's own call and so without the C library's limit of 1,024: a wait costs the highest descriptor number of the
    /// process that is watched.
    /// </summary>
    Select,
}
