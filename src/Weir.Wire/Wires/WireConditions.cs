namespace Weir.Wire;

/// <summary>
/// How one direction of a wire treats frames. The default passes everything at once. They are tried in this order: cut, MTU, rules, loss, corruption, duplication,
/// rate and queue, delay and jitter, reordering.
/// </summary>
public sealed record WireConditions
{
    /// <summary>The longest time that a frame may be told to take.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    internal static WireConditions None { get; } = new();

    /// <summary>Nothing passes.</summary>
    public bool IsCut { get; init; }

    /// <summary>Longer packets vanish without a word, as behind a tunnel; 0 is no limit. The Ethernet header does not count.</summary>
    public int MtuBytes { get; init; }

    /// <summary>0 to 1.</summary>
    public double LossProbability { get; init; }

    /// <summary>Frames at an <c>x</c> are lost, those at a dot pass, and so on from the beginning: <c>..x</c> loses every third. Counted since the wire was made.</summary>
    public string? LossPattern { get; init; }

    /// <summary>0 to 1: one bit behind the Ethernet header is turned.</summary>
    public double CorruptionProbability { get; init; }

    /// <summary>0 to 1: the frame comes twice.</summary>
    public double DuplicationProbability { get; init; }

    /// <summary>Bits per second, Ethernet header included; 0 is without limit.</summary>
    public long RateBitsPerSecond { get; init; }

    /// <summary>How much may wait for the rate; what comes beyond it is lost. 0 is no limit of bytes.</summary>
    public long QueueBytes { get; init; }

    /// <summary>How many frames may wait for the rate; what comes beyond it is lost.</summary>
    public int QueueFrames { get; init; } = 1000;

    /// <summary>How long each frame takes, at most a day; so are the other times.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The delay of each frame differs from <see cref="Delay"/> by at most this much, at random; frames keep their order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>0 to 1: later frames overtake this one, <see cref="ReorderingDistance"/> of them.</summary>
    public double ReorderingProbability { get; init; }

    /// <summary>How many frames pass first.</summary>
    public int ReorderingDistance { get; init; } = 3;

    /// <summary>How long a frame waits at most to be overtaken.</summary>
    public TimeSpan ReorderingTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    internal bool IsNone => this is
    {
        IsCut: false, MtuBytes: 0, LossProbability: 0, LossPattern: null, CorruptionProbability: 0, DuplicationProbability: 0,
        RateBitsPerSecond: 0, ReorderingProbability: 0,
    } && Delay == TimeSpan.Zero && Jitter == TimeSpan.Zero;

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Validate(string parameter)
    {
        foreach (double probability in (ReadOnlySpan<double>)[LossProbability, CorruptionProbability, DuplicationProbability, ReorderingProbability])
        {
            if (probability is not (>= 0 and <= 1))
                throw new ArgumentException($"A probability is 0 to 1, not {probability}.", parameter);
        }

        if (LossPattern is { } pattern && (pattern.Length == 0 || pattern.Any(letter => letter is not ('.' or 'x'))))
            throw new ArgumentException($"'{pattern}' is no pattern: a dot for a frame that passes, an x for one that is lost.", parameter);
        foreach (TimeSpan time in (ReadOnlySpan<TimeSpan>)[Delay, Jitter, ReorderingTimeout])
        {
            if (time < TimeSpan.Zero || time > MaxTime)
                throw new ArgumentException($"A time is from 0 to a day, not {time}.", parameter);
        }

        if (MtuBytes < 0 || RateBitsPerSecond < 0 || QueueBytes < 0 || QueueFrames < 1 || ReorderingDistance < 1)
            throw new ArgumentException("A limit is not negative, and a number of frames is at least 1.", parameter);
    }
}
