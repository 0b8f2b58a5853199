using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weir.Wire;

/// <summary>
/// One direction of a wire: its conditions, its rules, and what is on the way. Everything may be changed while frames pass, from any thread;
/// the frames themselves are the wire's thread's alone.
/// </summary>
public sealed partial class WireDirection
{
    private const int MaxRules = 256;
    private const int MaxInjected = 16_384;

    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly NetworkWire _wire;
    private readonly WireChance _chance;
    private readonly FrameBatch _out;
    private readonly FramesUnderway _underway;
    private WireConditions _conditions = WireConditions.None;
    private WireRule[] _rules = [];

    internal WireDirection(NetworkWire wire, string from, string to, WireChance chance, WireCounters counters, PacketSocket output)
    {
        _wire = wire;
        (From, To) = (from, to);
        _chance = chance;
        Counters = counters;
        _underway = new FramesUnderway(chance);
        _out = new FrameBatch(output, this);
    }

    /// <summary>Such as <c>client→server</c>.</summary>
    public string Name => $"{From}→{To}";

    /// <summary>The host that sends.</summary>
    public string From { get; }

    /// <summary>The host that receives.</summary>
    public string To { get; }

    public WireCounters Counters { get; }

    /// <summary>
    /// What holds for frames that come from now on; those on the way stay as they are. To change one of them:
    /// <c>wire.AToB.Conditions = wire.AToB.Conditions with { LossProbability = 0.1 }</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public WireConditions Conditions
    {
        get => Volatile.Read(ref _conditions);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate(nameof(value));
            Volatile.Write(ref _conditions, value);
        }
    }

    /// <summary>Drops the frames that the predicate picks. Predicates run on the wire's thread, in the order of the frames.</summary>
    /// <param name="match">Such as <c>Segments.Data(3)</c>.</param>
    /// <param name="times">The rule ends after so many frames.</param>
    public WireRule Drop(Func<WireFrame, bool> match, int times = int.MaxValue) => Add(new WireRule(this, WireAction.Drop, match, times));

    /// <summary>Lets the frames take longer than the others, which overtake them.</summary>
    /// <inheritdoc cref="Drop"/>
    /// <param name="delay">From 0 to a day; several such rules add up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is outside its range.</exception>
    public WireRule Delay(Func<WireFrame, bool> match, TimeSpan delay, int times = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, WireConditions.MaxTime);
        return Add(new WireRule(this, WireAction.Delay, match, times, delay));
    }

    /// <summary>Lets the frames come twice.</summary>
    /// <inheritdoc cref="Drop"/>
    public WireRule Duplicate(Func<WireFrame, bool> match, int times = int.MaxValue) => Add(new WireRule(this, WireAction.Duplicate, match, times));

    /// <summary>Turns a bit of each, once, whatever else would corrupt it too.</summary>
    /// <inheritdoc cref="Drop"/>
    public WireRule Corrupt(Func<WireFrame, bool> match, int times = int.MaxValue) => Add(new WireRule(this, WireAction.Corrupt, match, times));

    /// <summary>
    /// Holds the frames until they are released, and then they leave at once: with the copies and the turned bit of rules that were made before,
    /// and without their delay, the rules made later and what else the conditions say. When a held frame is dropped, so are its copies.
    /// </summary>
    /// <inheritdoc cref="Drop"/>
    public WireHold Hold(Func<WireFrame, bool> match, int times = int.MaxValue)
    {
        var hold = new WireHold(this, match, times);
        Add(hold);
        return hold;
    }

    /// <summary>A frame comes out at the far end that nobody at the near end has sent. It meets no conditions and no rules.</summary>
    /// <param name="frame">From the Ethernet header on, checksums included; such as a frame that was seen before.</param>
    /// <exception cref="InvalidOperationException">16,384 frames wait for the wire's thread already.</exception>
    /// <exception cref="ObjectDisposedException">The network is gone.</exception>
    public void Inject(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_wire.IsStopping, _wire);
        if (_posted.Count >= MaxInjected)
            throw new InvalidOperationException($"{MaxInjected} frames wait to be injected into {Name} already.");
        var injected = new WireFrame(number: 0, frame.ToArray(), Stopwatch.GetTimestamp()) { Fate = WireFate.Injected };
        Post(() => Leave(injected));
    }

    public override string ToString() => Name;

    internal void Remove(WireRule rule)
    {
        lock (_lock)
            Volatile.Write(ref _rules, [.. _rules.Where(other => other != rule)]);
    }

    /// <summary>From any thread: held frames go on.</summary>
    internal void Forward(List<WireFrame> frames) => Post(() => frames.ForEach(LeaveAfterHold));

    /// <summary>From any thread: held frames are gone.</summary>
    internal void Discard(List<WireFrame> frames) => Post(() => frames.ForEach(frame => Lose(frame, WireFate.Dropped)));

    private T Add<T>(T rule)
        where T : WireRule
    {
        lock (_lock)
        {
            if (_rules.Length >= MaxRules)
                throw new InvalidOperationException($"A direction of a wire has at most {MaxRules} rules.");
            Volatile.Write(ref _rules, [.. _rules, rule]);
            return rule;
        }
    }

    // Without a limit: it is the decision of a hold, whose frames have one.
    private void Post(Action action)
    {
        if (_wire.IsStopping)
            return;
        _posted.Enqueue(action);
        _wire.Wake();
    }
}
