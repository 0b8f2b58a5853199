using System.Globalization;
using System.Text;

namespace Weir.Packets.Summaries;

/// <summary>Writes when a packet came.</summary>
internal sealed class SummaryClock(SummaryOptions options)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int NanosecondsPerMicrosecond = 1000;

    private long? _firstNs;
    private long? _previousNs;
    private long _second = long.MinValue;
    private string _secondText = "";

    public void Append(StringBuilder line, long timestampNs)
    {
        _firstNs ??= timestampNs;
        long previousNs = _previousNs ?? timestampNs;
        _previousNs = timestampNs;
        switch (options.Time)
        {
            case SummaryTime.Clock or SummaryTime.Date: AppendOfDay(line, timestampNs); break;
            case SummaryTime.SinceFirst: AppendSpan(line, (Int128)timestampNs - _firstNs.Value); break;
            case SummaryTime.SincePrevious: AppendSpan(line, (Int128)timestampNs - previousNs); break;
            case SummaryTime.Epoch: AppendSpan(line, timestampNs); break;
        }
    }

    private void AppendOfDay(StringBuilder line, long timestampNs)
    {
        (long second, long fraction) = Math.DivRem(timestampNs, NanosecondsPerSecond);
        if (fraction < 0)
            (second, fraction) = (second - 1, fraction + NanosecondsPerSecond);
        if (second != _second)
        {
            DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(second), options.TimeZone);
            string format = options.Time == SummaryTime.Date ? "yyyy-MM-dd HH:mm:ss" : "HH:mm:ss";
            (_second, _secondText) = (second, time.ToString(format, CultureInfo.InvariantCulture));
        }

        line.Append(_secondText);
        AppendFraction(line, fraction);
    }

    private void AppendSpan(StringBuilder line, Int128 ns)
    {
        // Packets of several interfaces can be out of order.
        if (ns < 0)
            line.Append('-');
        Int128 length = Int128.Abs(ns);
        line.Append((long)(length / NanosecondsPerSecond));
        AppendFraction(line, (long)(length % NanosecondsPerSecond));
    }

    private void AppendFraction(StringBuilder line, long fraction)
    {
        if (options.Nanoseconds)
            line.Append(CultureInfo.InvariantCulture, $".{fraction:d9} ");
        else
            line.Append(CultureInfo.InvariantCulture, $".{fraction / NanosecondsPerMicrosecond:d6} ");
    }
}
