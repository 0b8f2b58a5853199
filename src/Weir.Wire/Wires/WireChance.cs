namespace Weir.Wire;

/// <summary>
/// Chance that depends on the seed, the direction, the frame's number and the question alone: what was asked about other frames, and when,
/// changes no answer.
/// </summary>
internal readonly struct WireChance(ulong seed, ulong direction)
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    /// <summary>At least 0, below 1.</summary>
    public double Next(long frame, WireQuestion question) => (Bits(frame, question) >> 11) * (1.0 / (1UL << 53));

    public bool Happens(double probability, long frame, WireQuestion question) => probability > 0 && Next(frame, question) < probability;

    public int Below(int limit, long frame, WireQuestion question) => (int)(Next(frame, question) * limit);

    // SplitMix64's finaliser (Steele, Lea and Flood 2014), once for each of the inputs.
    private ulong Bits(long frame, WireQuestion question) => Mix(Mix(Mix(seed + (Golden * direction)) + (ulong)frame) + (Golden * (ulong)question));

    private static ulong Mix(ulong value)
    {
        value += Golden;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}

internal enum WireQuestion
{
    Loss = 1,
    Corruption,
    CorruptedBit,
    Duplication,
    Jitter,
    Reordering,
}
