namespace Weir.Bench;

/// <summary>Median, least and most of several runs.</summary>
internal sealed record Spread(double Median, double Min, double Max);

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            throw new ArgumentException("a median needs at least one value", nameof(values));
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static Spread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new Spread(Median(all), all.Min(), all.Max());
    }

    /// <summary>The ratio within each round that has both, so that what slows the machine for a while slows both sides.</summary>
    public static Spread? PairedRatio(IReadOnlyDictionary<int, double> numerators, IReadOnlyDictionary<int, double> denominators)
    {
        double[] ratios = [.. numerators.Keys.Where(denominators.ContainsKey).Select(round => numerators[round] / denominators[round])];
        return ratios.Length == 0 ? null : Of(ratios);
    }
}
