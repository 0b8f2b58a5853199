namespace Weir.Bench;

/// <summary>The bytes of all connections: one random table, which each begins to read at a place of its own.</summary>
internal sealed class SoakPattern
{
    // A prime: no size of a buffer divides it, so a piece that was lost or doubled shows.
    private const int Length = 262_147;

    private readonly byte[] _table = new byte[Length];

    public SoakPattern(int seed) => new Random(seed).NextBytes(_table);

    public static int RandomStart(Random random) => random.Next(Length);

    /// <summary>What a connection that began at <paramref name="start"/> sends from its byte <paramref name="position"/> on; at least one byte.</summary>
    public ReadOnlySpan<byte> At(int start, long position, int mostBytes)
    {
        int index = (int)((start + position) % Length);
        return _table.AsSpan(index, Math.Min(mostBytes, Length - index));
    }

    /// <summary>The index of the first wrong byte; -1 when all are right.</summary>
    public int FirstWrong(int start, long position, ReadOnlySpan<byte> received)
    {
        for (int done = 0; done < received.Length;)
        {
            ReadOnlySpan<byte> expected = At(start, position + done, received.Length - done);
            int equal = received.Slice(done, expected.Length).CommonPrefixLength(expected);
            done += equal;
            if (equal < expected.Length)
                return done;
        }

        return -1;
    }
}
