namespace Weir.Wire;

internal enum WireAction
{
    Drop,
    Delay,
    Duplicate,
    Corrupt,
    Hold,
}

/// <summary>What happens to the frames that a predicate picks. It ends when it is disposed of, or after as many frames as were said.</summary>
public class WireRule : IDisposable
{
    private readonly Func<WireFrame, bool> _match;
    private readonly int _times;
    private long _matched;
    private volatile bool _isEnded;
    private volatile Exception? _error;

    internal WireRule(WireDirection direction, WireAction action, Func<WireFrame, bool> match, int times, TimeSpan delay = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        Direction = direction;
        Action = action;
        Delay = delay;
        _match = match;
        _times = times;
    }

    /// <summary>How many frames it has picked.</summary>
    public long Matched => Interlocked.Read(ref _matched);

    /// <summary>What the predicate threw; the rule has ended then, and the frame passed.</summary>
    public Exception? Error => _error;

    internal WireDirection Direction { get; }

    internal WireAction Action { get; }

    internal TimeSpan Delay { get; }

    /// <summary>Ends the rule. Frames that a <see cref="WireHold"/> holds are released.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => End();

    internal void End()
    {
        _isEnded = true;
        Direction.Remove(this);
    }

    /// <summary>On the wire's thread.</summary>
    internal bool Picks(WireFrame frame)
    {
        if (_isEnded)
            return false;
        try
        {
            if (!_match(frame))
                return false;
        }
        catch (Exception error) // It is the caller's predicate; the wire goes on without it.
        {
            _error = error;
            OnError();
            End();
            return false;
        }

        if (Interlocked.Increment(ref _matched) >= _times)
            End();
        return true;
    }

    private protected virtual void OnError()
    {
    }
}
