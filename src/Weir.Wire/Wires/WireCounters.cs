namespace Weir.Wire;

/// <summary>How many frames of a direction met which fate; read from any thread.</summary>
public sealed class WireCounters
{
    private static readonly WireFate[] s_fates = Enum.GetValues<WireFate>();

    private readonly long[] _counts = new long[s_fates.Length];
    private readonly Lock _lock = new();
    private readonly Func<long> _takeMissed;
    private long _arrived;
    private long _missed;

    /// <param name="takeMissed">How many the kernel has lost since this was asked last.</param>
    internal WireCounters(Func<long> takeMissed) => _takeMissed = takeMissed;

    /// <summary>Frames that came from the near end.</summary>
    public long Arrived => Interlocked.Read(ref _arrived);

    /// <summary>Frames that the kernel lost before the wire: its thread did not get to run.</summary>
    public long Missed
    {
        get
        {
            lock (_lock)
                return _missed += _takeMissed();
        }
    }

    /// <summary>Frames that left at the far end, whichever way.</summary>
    public long Left => this[WireFate.Forwarded] + this[WireFate.Duplicated] + this[WireFate.Corrupted] + this[WireFate.Injected];

    public long this[WireFate fate] => Interlocked.Read(ref _counts[(int)fate]);

    public override string ToString() =>
        $"{Arrived} arrived" + string.Concat(s_fates.Where(fate => this[fate] > 0).Select(fate => $", {this[fate]} {fate}"));

    // Only the wire's thread writes.
    internal void Arrive() => Volatile.Write(ref _arrived, _arrived + 1);

    internal void Count(WireFate fate) => Volatile.Write(ref _counts[(int)fate], _counts[(int)fate] + 1);
}
