namespace Weir.Bench;

internal static class RatioBarText
{
    public static void Write(IEnumerable<RatioBarResult> bars, bool isMeasurement, TextWriter output)
    {
        foreach (RatioBarResult bar in bars)
        {
            output.WriteLine(
                $"{bar.What}: {bar.Numerator} / {bar.Denominator} {SpreadText.Of(bar.Ratio, "0.00")} "
                + $"(bar {NameOf(bar.Kind)} {bar.Bar:0.00}){Verdict(bar, isMeasurement)}");
        }
    }

    private static string NameOf(BarKind kind) => kind switch
    {
        BarKind.AtLeast => "at least",
        BarKind.AtMost => "at most",
        _ => "below",
    };

    private static string Verdict(RatioBarResult bar, bool isMeasurement) =>
        bar.IsMet is bool isMet ? Verdict(isMet, isMeasurement) : $": not judged, {bar.NotJudgedBecause}";

    public static string Verdict(bool isMet, bool isMeasurement) => !isMeasurement ? "" : isMet ? ": met" : ": missed";
}
