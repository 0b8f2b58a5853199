namespace Weir.Wire;

/// <summary>What a wire is made with; <see cref="WireConditions"/> are what changes while it runs.</summary>
public sealed record WireOptions
{
    // RFC 791's least.
    private const int LeastMtuBytes = 68;
    private const int LeastBufferedFrames = 64;
    private const int MostBufferedFrames = 262_144;

    /// <summary>Of the interfaces at both ends, 68 to 65,535; IPv6 needs 1280.</summary>
    public int MtuBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, LeastMtuBytes);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
            field = value;
        }
    } = 1500;

    /// <summary>
    /// How many frames of each direction may wait for the wire's thread, 64 to 262,144; more are lost (<see cref="WireCounters.Missed"/>). Each takes the MTU's room, rounded up to a
    /// power of two, so the default has 16 MiB, and lasts 40 ms at 200,000 frames per second. Long frames get fewer: 256 MiB is the most.
    /// </summary>
    public int BufferedFrames
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, LeastBufferedFrames);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostBufferedFrames);
            field = value;
        }
    } = 8192;

    /// <summary>What chance decides by: the same seed and the same frames in the same order meet the same fates.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Whether the hosts ask for each other's hardware addresses (ARP, neighbour discovery). Otherwise they know them, and only what
    /// they have to say is on the wire.
    /// </summary>
    public bool ResolvesNeighbors { get; init; }
}
