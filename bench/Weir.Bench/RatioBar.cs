namespace Weir.Bench;

internal enum BarKind
{
    AtLeast,
    AtMost,
    Below,
}

/// <summary>What Weir has to reach beside a peer: the median of the ratios, round by round.</summary>
internal sealed record RatioBar(string What, string Numerator, string Denominator, BarKind Kind, double Limit)
{
    /// <summary>Null when one of the two did not run.</summary>
    /// <param name="ratio">Round by round.</param>
    /// <param name="disturbance">Why the ratio says nothing about the two programs; null when it does.</param>
    public RatioBarResult? Judge(Spread? ratio, string? disturbance = null)
    {
        if (ratio is null)
            return null;
        bool? isMet = disturbance is null ? IsReached(ratio.Median) : null;
        return new RatioBarResult(What, Numerator, Denominator, Kind, Limit, ratio, isMet, disturbance);
    }

    private bool IsReached(double ratio) => Kind switch
    {
        BarKind.AtLeast => ratio >= Limit,
        BarKind.AtMost => ratio <= Limit,
        _ => ratio < Limit,
    };
}

/// <summary><see cref="IsMet"/> is null when it is not judged.</summary>
internal sealed record RatioBarResult(
    string What, string Numerator, string Denominator, BarKind Kind, double Bar, Spread Ratio, bool? IsMet, string? NotJudgedBecause);
