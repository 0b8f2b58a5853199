using Weir.Loops;

namespace Weir;

/// <summary>How loops are set up, and the limits of each.</summary>
public sealed record LoopOptions
{
    /// <summary>How the loops learn what is ready.</summary>
    public LoopEngine Engine { get; init; }

    public LoopScheduling Scheduling { get; init; } = LoopScheduling.ThreadPool;

    /// <summary>Size of a buffer block, the most that one receive takes. 2 KiB to 1 MiB.</summary>
    public int BlockSizeBytes { get; init; } = 16 * 1024;

    /// <summary>Buffer memory that a loop keeps for the next bytes; what a burst took beyond it goes back to the garbage collector.</summary>
    public int RetainedBytesPerLoop { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Buffer memory that a loop's connections may hold together, readers and writers, before those that hold unread bytes stop
    /// receiving (the byte budget). A connection that holds none may always receive one block.
    /// </summary>
    public long BytesPerLoop { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes that one connection may receive, and an inline handler send on it, before the loop turns to the next.</summary>
    public int BytesPerTurn { get; init; } = 64 * 1024;

    /// <summary>Connections that one listener may accept before the loop turns to the next descriptor.</summary>
    public int AcceptsPerTurn { get; init; } = 64;

    /// <summary>Events that one wait takes from the kernel.</summary>
    public int EventsPerTurn { get; init; } = 256;

    /// <summary>How long one turn may last before the watchdog reports an inline handler that holds the loop. Infinite switches it off.</summary>
    public TimeSpan StallThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal RingOptions Ring { get; init; } = new();

    internal void ThrowIfInvalid(string parameter)
    {
        Require(Enum.IsDefined(Engine), nameof(Engine), "a member of LoopEngine");
        Require(BlockSizeBytes is >= 2 * 1024 and <= 1024 * 1024, nameof(BlockSizeBytes), "from 2 KiB to 1 MiB");
        Require(RetainedBytesPerLoop >= 0, nameof(RetainedBytesPerLoop), "0 or more");
        Require(BytesPerLoop >= 1, nameof(BytesPerLoop), "1 or more");
        Require(BytesPerTurn >= 1, nameof(BytesPerTurn), "1 or more");
        Require(AcceptsPerTurn >= 1, nameof(AcceptsPerTurn), "1 or more");
        Require(EventsPerTurn >= 1, nameof(EventsPerTurn), "1 or more");
        Require(StallThreshold == Timeout.InfiniteTimeSpan || StallThreshold > TimeSpan.Zero, nameof(StallThreshold), "more than 0, or infinite");

        void Require(bool holds, string name, string expected)
        {
            if (!holds)
                throw new ArgumentException($"{name} has to be {expected}.", parameter);
        }
    }
}
