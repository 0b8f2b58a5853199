namespace Weir.Packets.Timelines.Drawing;

/// <summary>
/// How far apart two moments are drawn: in proportion to the time between them while it is short, and by its logarithm when it is long, so that
/// a round trip keeps its slope beside a timer of a second.
/// </summary>
internal sealed class TimeScale
{
    private const double Growth = 0.35;
    private const double IdleFactor = 8;
    private readonly double _usualNs;
    private readonly double _usualLength;

    /// <param name="usualNs">What is drawn as <paramref name="usualLength"/>.</param>
    public TimeScale(double usualNs, double usualLength)
    {
        _usualNs = Math.Max(usualNs, 1);
        _usualLength = usualLength;
    }

    /// <summary>What is usual: how long segments are on their way, or, where that is unknown, the time between beginnings.</summary>
    public static double UsualNs(IReadOnlyList<TimelineEvent> events, int maxEvents)
    {
        TimelineEvent[] shown = [.. events.Take(maxEvents)];
        if (UsualDelayNs(shown.OfType<SegmentEvent>()) is { } delay)
            return delay;
        long[] steps = [.. shown.Zip(shown.Skip(1), (one, next) => next.TimeNs - one.TimeNs).Where(step => step > 0).Order()];
        return steps.Length > 0 ? steps[steps.Length * 3 / 4] : 1;
    }

    /// <summary>How long half of the segments were on their way at the most; null when that is not known of any.</summary>
    public static long? UsualDelayNs(IEnumerable<SegmentEvent> segments)
    {
        long[] delays = [.. segments.Where(segment => segment.ReceivedNs > segment.TimeNs).Select(segment => segment.ReceivedNs!.Value - segment.TimeNs).Order()];
        return delays.Length > 0 ? delays[delays.Length / 2] : null;
    }

    /// <summary>Whether a step is so much longer than usual that the drawing says how long it was.</summary>
    public bool IsIdle(long stepNs) => stepNs >= IdleFactor * _usualNs;

    public double Length(long stepNs)
    {
        double ratio = stepNs / _usualNs;
        return _usualLength * (ratio <= 1 ? ratio : 1 + (Growth * Math.Log2(ratio)));
    }
}
