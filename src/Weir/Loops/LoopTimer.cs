namespace Weir.Loops;

/// <summary>Something that a loop does at a time. It belongs to one loop and is touched on its thread only.</summary>
internal abstract class LoopTimer
{
    internal const int NotScheduled = -1;

    /// <summary>Where the heap has it.</summary>
    internal int HeapIndex { get; set; } = NotScheduled;

    /// <summary>Milliseconds of the loop's clock.</summary>
    public long DueMs { get; internal set; }

    public bool IsScheduled => HeapIndex != NotScheduled;

    public abstract void OnDue(long nowMs);
}
