namespace Weir;

/// <summary>A hash that is the same in every process and on every machine, so that several relays send a client to the same backend.</summary>
internal static class Hash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>FNV-1a.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Offset;
        foreach (byte value in bytes)
            hash = (hash ^ value) * Prime;
        return hash;
    }

    /// <summary>Two hashes become one whose every bit depends on every bit of both (the finaliser of splitmix64).</summary>
    public static ulong Mix(ulong first, ulong second)
    {
        ulong mixed = first ^ (second * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
