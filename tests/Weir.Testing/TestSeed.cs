using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Weir.Testing;

/// <summary>The seed of random tests: from WEIR_TEST_SEED, or a new one for each run; every failure names it.</summary>
public static class TestSeed
{
    private const string Variable = "WEIR_TEST_SEED";

    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : Random.Shared.Next();

    /// <summary>What to put before the next run to repeat this one.</summary>
    public static string Replay => $"repeat with {Variable}={Value}";

    /// <summary>The same numbers for the same seed, which the test's output names.</summary>
    public static Random NewRandom(ITestOutputHelper output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(Replay);
        return new Random(Value);
    }

    /// <summary>Runs a property on random values, the same ones for the same seed.</summary>
    public static void ForAll<T>(Gen<T> values, Action<T> property, int runs = 500)
    {
        var random = new Rnd((ulong)Value, ((ulong)Value << 1) | 1);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(runs).WithName($"{Replay}: ").WithQuietOnSuccess(true)
            .WithReplay(new Replay(random, size: null));
        Check.One(config, Prop.ForAll(values.ToArbitrary(), property));
    }
}
