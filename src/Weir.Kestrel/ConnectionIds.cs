namespace Weir.Kestrel;

/// <summary>Names for connections: short, in the order in which they were made, and different in every process.</summary>
internal static class ConnectionIds
{
    private const int Length = 13;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    private static long s_last = TimeProvider.System.GetUtcNow().Ticks;

    public static string Next() => string.Create(Length, Interlocked.Increment(ref s_last), static (text, number) =>
    {
        for (int i = text.Length - 1; i >= 0; i--, number >>= 5)
            text[i] = Digits[(int)(number & 31)];
    });
}
