namespace Weir.Bench;

/// <summary>Median (least–most).</summary>
internal static class SpreadText
{
    public static string Of(Spread spread, string format) =>
        $"{spread.Median.ToString(format)} ({spread.Min.ToString(format)}–{spread.Max.ToString(format)})";

    public static string OrNothing(Spread? spread, string format) => spread is null ? "" : Of(spread, format);
}
