namespace Weir.Rings;

/// <summary>What of io_uring a ring uses. Each is tried once and has a fallback.</summary>
[Flags]
internal enum RingFeatures
{
    None = 0,

    /// <summary>Receives take their memory from a ring of provided buffers (Linux 5.19). Otherwise descriptors are polled and receives are calls.</summary>
    BufferRing = 1,

    /// <summary>One accept operation for many connections (5.19). Otherwise listeners are polled and accepts are calls.</summary>
    MultishotAccept = 2,

    /// <summary>
    /// One receive operation for many receives, up to a number of bytes (6.17; without a limit they came with 6.0, and a peer that sends all the time
    /// then fills every buffer before anybody looks at the reader's mark). Otherwise one operation for each receive.
    /// </summary>
    MultishotReceive = 4,

    /// <summary>The kernel's part runs when the loop enters it (6.1). Otherwise it interrupts the loop.</summary>
    DeferredWork = 8,

    /// <summary>Operations that only matter when they fail complete in silence (5.17). Otherwise their completions are thrown away.</summary>
    SilentSuccess = 16,

    /// <summary>A loop wakes another with an operation (5.18). Otherwise by an eventfd.</summary>
    Messages = 32,

    /// <summary>Submission without an array of indices (6.6).</summary>
    NoSubmissionArray = 64,

    All = 127,
}
