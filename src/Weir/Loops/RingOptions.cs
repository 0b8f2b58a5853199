using Weir.Rings;

namespace Weir.Loops;

/// <summary>The sizes of a loop's ring; tests make them small, to see what happens when they do not suffice.</summary>
internal sealed record RingOptions
{
    /// <summary>Operations that one turn asks for before it has to enter the kernel in between. A power of two.</summary>
    public uint SubmissionEntries { get; init; } = 256;

    /// <summary>Completions that have room in the shared queue; the kernel keeps others. A power of two.</summary>
    public uint CompletionEntries { get; init; } = 4096;

    /// <summary>Blocks that the kernel has for what is received next. The fewer, the more of them the cache holds.</summary>
    public int FirstBuffers { get; init; } = 32;

    /// <summary>As many as they grow to when receives find none. A power of two.</summary>
    public int MostBuffers { get; init; } = 1024;

    /// <summary>Which features may be used; null for what the environment allows.</summary>
    public RingFeatures? Mask { get; init; }
}
