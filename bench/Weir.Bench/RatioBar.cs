namespace Weir.Bench;

internal enum BarKind
{
    AtLeast,
    AtMost,
}

/// <summary>What Weir has to reach beside a peer: the median of the ratios, round by round.</summary>
internal sealed record RatioBar(string What, string Numerator, string Denominator, BarKind Kind, double Limit)
{
    /// <summary>Null when one of the two did not run.</summary>
    public RatioBarResult? Judge(Spread? ratio) =>
        ratio is null ? null : new RatioBarResult(What, Numerator, Denominator, Kind, Limit, ratio, IsReached(ratio.Median));

    private bool IsReached(double ratio) => Kind == BarKind.AtLeast ? ratio >= Limit : ratio <= Limit;
}

internal sealed record RatioBarResult(
    string What, string Numerator, string Denominator, BarKind Kind, double Bar, Spread Ratio, bool IsMet);
