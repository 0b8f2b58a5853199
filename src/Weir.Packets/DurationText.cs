namespace Weir.Packets;

/// <summary>Times as people write them: three digits and the unit that fits.</summary>
internal static class DurationText
{
    private static readonly (double Ns, string Unit)[] s_units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")];

    /// <summary><c>812 ns</c>, <c>10.2 ms</c>, <c>1.24 s</c>.</summary>
    public static string Describe(long ns)
    {
        foreach ((double unitNs, string unit) in s_units)
        {
            double value = ns / unitNs;
            // What would be rounded up to 1000 of one unit is 1 of the next.
            if (Math.Abs(value) < 0.9995)
                continue;
            double size = Math.Abs(value);
            return $"{value.ToString(size < 9.995 ? "0.##" : size < 99.95 ? "0.#" : "0")} {unit}";
        }

        return "0 s";
    }
}
