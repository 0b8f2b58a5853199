using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

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

    /// <summary>Runs a property on random values, the same ones for the same seed.</summary>
    public static void ForAll<T>(Gen<T> values, Action<T> property, int runs = 500)
    {
        var random = new Rnd((ulong)Value, ((ulong)Value << 1) | 1);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(runs).WithName($"{Replay}: ").WithQuietOnSuccess(true)
            .WithReplay(new Replay(random, size: null));
        Check.One(config, Prop.ForAll(values.ToArbitrary(), property));
    }
}
