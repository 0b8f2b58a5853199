namespace Weir.Testing;

/// <summary>Whether the long tests run as well: <c>./test --full</c>.</summary>
public static class FullRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("WEIR_TEST_FULL") is "1";
}
