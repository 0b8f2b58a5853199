using Weir.Testing;

namespace Weir.Packets.Tests.Fuzzing;

/// <summary>How many inputs are tried: as many as two seconds allow, or a million when asked.</summary>
internal static class FuzzSize
{
    public static int Packets => FullRun.IsOn ? 1_000_000 : 100_000;

    public static int Files => FullRun.IsOn ? 1_000_000 : 20_000;
}
