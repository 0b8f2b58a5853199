using System.Globalization;
using Xunit.Abstractions;

namespace Weir.Tests;

/// <summary>The seed of random tests: from WEIR_TEST_SEED, or a new one for each run; each test that uses it prints it.</summary>
internal static class TestSeed
{
    private const string Variable = "WEIR_TEST_SEED";

    internal static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : System.Random.Shared.Next();

    internal static Random NewRandom(ITestOutputHelper output)
    {
        output.WriteLine($"repeat with {Variable}={Value}");
        return new Random(Value);
    }
}
