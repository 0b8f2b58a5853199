namespace Weir;

/// <summary>The kernel's call that a loop waits with. All serve the same connections in the same way; what differs is what a wait costs.</summary>
public enum LoopEngine
{
    /// <summary>epoll(7): a wait costs what is ready. For everything but comparisons.</summary>
    Epoll,

    /// <summary>ppoll(2): a wait costs what is watched, ready or not.</summary>
    Poll,

    /// <summary>
    /// pselect6(2), by the kernel's own call and so without the C library's limit of 1,024: a wait costs the highest descriptor number of the
    /// process that is watched.
    /// </summary>
    Select,
}
