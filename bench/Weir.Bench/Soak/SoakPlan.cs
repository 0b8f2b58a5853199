namespace Weir.Bench;

/// <summary>What one connection will do, drawn before it begins.</summary>
internal sealed record SoakPlan(SoakHandler Handler, SoakEnd End)
{
    private const int LongestMs = 3_000;
    private const int LeastStalledBytes = 256 * 1024;
    private const int MostStalledBytes = 6 * 1024 * 1024;
    private const int MostBytes = 1024 * 1024;
    private const int MostChunkBytes = 64 * 1024;
    private const int SmallReceiveBufferBytes = 32 * 1024;

    // Of 1,000 connections; the rest are silent.
    private static readonly (SoakEnd End, int Share)[] s_ends =
    [
        (SoakEnd.Burst, 3), (SoakEnd.Stall, 50), (SoakEnd.Close, 300), (SoakEnd.HalfClose, 250), (SoakEnd.Reset, 130),
        (SoakEnd.CloseUnread, 110), (SoakEnd.Vanish, 110),
    ];

    /// <summary>Bytes after the header.</summary>
    public long TotalBytes { get; init; }

    /// <summary>After how many the handlers that end by themselves do so.</summary>
    public int AmountBytes { get; init; }

    public int PatternStart { get; init; }

    /// <summary>The most that one send takes; the first one takes less than a header.</summary>
    public int ChunkBytes { get; init; }

    public int FirstChunkBytes { get; init; }

    /// <summary>For ends in the middle: when so many have left, the header included, or the time is over.</summary>
    public long EndAtBytes { get; init; }

    public int EndAfterMs { get; init; }

    public int StallMs { get; init; }

    /// <summary>Where the client stops sending for a while, so that many connections stay open.</summary>
    public long PauseAtBytes { get; init; }

    public int PauseMs { get; init; }

    /// <summary>SO_RCVBUF; null leaves it to the kernel.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>Which of the server's addresses, if reduced by their number.</summary>
    public int Address { get; init; }

    public bool EndsInTheMiddle => End is SoakEnd.Reset or SoakEnd.CloseUnread or SoakEnd.Vanish or SoakEnd.Silent;

    public bool EndsItsStream => End is SoakEnd.HalfClose or SoakEnd.Stall;

    /// <summary>Whether the server ends the connection, or its own stream, before it has seen the client's end.</summary>
    public bool IsCutByServer => Handler is SoakHandler.Throws or SoakHandler.Aborts or SoakHandler.HalfCloses && AmountBytes <= TotalBytes;

    /// <summary>What comes back when nothing is cut off in the middle.</summary>
    public long EchoedBytes => IsCutByServer ? AmountBytes : TotalBytes;

    public static SoakPlan Draw(Random random)
    {
        SoakEnd end = DrawEnd(random);
        long total = end switch
        {
            SoakEnd.Stall => random.Next(LeastStalledBytes, MostStalledBytes),
            SoakEnd.Silent or SoakEnd.Burst => 0,
            _ => LogUniform(random, MostBytes),
        };
        return new SoakPlan((SoakHandler)random.Next(Enum.GetValues<SoakHandler>().Length), end)
        {
            TotalBytes = total,
            AmountBytes = (int)LogUniform(random, Math.Max(2 * total, 1)),
            PatternStart = SoakPattern.RandomStart(random),
            ChunkBytes = (int)Math.Max(LogUniform(random, MostChunkBytes), total / 256),
            FirstChunkBytes = random.Next(1, SoakHeader.SizeBytes + 1),
            EndAtBytes = random.NextInt64(SoakHeader.SizeBytes + total),
            EndAfterMs = random.Next(1, LongestMs),
            StallMs = random.Next(100, LongestMs),
            PauseAtBytes = random.NextInt64(SoakHeader.SizeBytes + total),
            PauseMs = random.Next(1, LongestMs),
            ReceiveBufferBytes = random.Next(3) == 0 ? SmallReceiveBufferBytes : null,
            Address = random.Next(1_000),
        };
    }

    private static SoakEnd DrawEnd(Random random)
    {
        int drawn = random.Next(1_000);
        foreach ((SoakEnd end, int share) in s_ends)
        {
            drawn -= share;
            if (drawn < 0)
                return end;
        }

        return SoakEnd.Silent;
    }

    // As many of a few bytes as of a few thousand.
    private static long LogUniform(Random random, long most) => (long)Math.Exp(random.NextDouble() * Math.Log(most));
}
