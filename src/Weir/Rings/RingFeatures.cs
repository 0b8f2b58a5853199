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

    /// <summary>One receive operation for many receives (6.0). Otherwise one for each.</summary>
    MultishotReceive = 4,

    /// <summary>A multishot receive ends after so many bytes (6.17). Otherwise one that fills its buffers is followed by single ones.</summary>
    ReceiveCredit = 8,

    /// <summary>The kernel's part runs when the loop enters it (6.1). Otherwise it interrupts the loop.</summary>
    DeferredWork = 16,

    /// <summary>Operations that only matter when they fail complete in silence (5.17). Otherwise their completions are thrown away.</summary>
    SilentSuccess = 32,

    /// <summary>A loop wakes another with an operation (5.18). Otherwise by an eventfd.</summary>
    Messages = 64,

    /// <summary>Submission without an array of indices (6.6).</summary>
    NoSubmissionArray = 128,

    All = 255,
}
