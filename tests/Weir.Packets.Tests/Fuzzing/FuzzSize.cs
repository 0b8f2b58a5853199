namespace Weir.Packets.Tests.Fuzzing;

/// <summary>How many inputs are tried: as many as two seconds allow, or a million when asked.</summary>
internal static class FuzzSize
{
    private static readonly bool s_isFullRun = Environment.GetEnvironmentVariable("WEIR_TEST_FULL") is "1";

    public static int Packets => s_isFullRun ? 1_000_000 : 100_000;

    public static int Files => s_isFullRun ? 1_000_000 : 20_000;
}
