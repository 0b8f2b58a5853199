namespace Weir.Packets.Files;

/// <summary>How a file counts time: pcapng's if_tsresol and if_tsoffset.</summary>
/// <param name="Resolution">A negative power of ten, or with the highest bit of two; 6 are microseconds.</param>
/// <param name="OffsetSeconds">What to add.</param>
internal readonly record struct TickLength(byte Resolution, long OffsetSeconds = 0)
{
    public const byte Microseconds = 6;

    private const int BinaryBit = 0x80;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // 10^28 is more than 64 bits can count to, in nanoseconds.
    private const int MaxDecimalDigits = 28;

    /// <summary>Nanoseconds since 1970; what has no room in them is the nearest that has.</summary>
    public long ToNanoseconds(ulong ticks)
    {
        UInt128 scaled = (UInt128)ticks * NanosecondsPerSecond;
        Int128 time = (Int128)((Resolution & BinaryBit) != 0 ? scaled >> (Resolution & ~BinaryBit) : scaled / PowerOfTen(Resolution));
        time += (Int128)OffsetSeconds * NanosecondsPerSecond;
        return (long)Int128.Clamp(time, long.MinValue, long.MaxValue);
    }

    private static UInt128 PowerOfTen(int digits)
    {
        UInt128 power = 1;
        for (int index = 0; index < Math.Min(digits, MaxDecimalDigits); index++)
            power *= 10;
        return power;
    }
}
