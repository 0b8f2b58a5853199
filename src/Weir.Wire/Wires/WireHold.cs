namespace Weir.Wire;

/// <summary>Holds the frames that a predicate picks until they are released or dropped. Later frames overtake them.</summary>
public sealed class WireHold : WireRule
{
    private const int MaxHeld = 16_384;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<WireFrame> _held = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    // What became of all at its end; null while it holds. The rest may be under way to it still, and gets the same.
    private Action<List<WireFrame>>? _ending;

    internal WireHold(WireDirection direction, Func<WireFrame, bool> match, int times)
        : base(direction, WireAction.Hold, match, times)
    {
    }

    /// <summary>What is held at this moment, oldest first.</summary>
    public IReadOnlyList<WireFrame> Frames
    {
        get
        {
            lock (_lock)
                return [.. _held];
        }
    }

    /// <summary>Completes when so many frames are held.</summary>
    /// <exception cref="TimeoutException">They are not, in time.</exception>
    /// <exception cref="InvalidOperationException">The predicate threw.</exception>
    public async Task WaitForAsync(int count, TimeSpan deadline)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_held.Count >= count)
                return;
            if (Error is not null)
                throw Thrown();
            _waiting.Add((count, reached));
        }

        try
        {
            await reached.Task.WaitAsync(deadline).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _waiting.RemoveAll(other => other.Reached == reached);
        }
    }

    /// <summary>Lets frames go on, the oldest first. A frame is released or dropped once: whichever comes first.</summary>
    /// <param name="count">How many; when it is left out all of them, and the rule ends.</param>
    public void Release(int count = int.MaxValue) => Take(count, Direction.Forward);

    /// <summary>Drops frames, the oldest first.</summary>
    /// <param name="count">How many; when it is left out all of them, and the rule ends.</param>
    public void Drop(int count = int.MaxValue) => Take(count, Direction.Discard);

    /// <summary>
    /// Releases everything when the condition holds, such as one on <see cref="Sockets.KernelSocket.Info"/> of both sides: whatever they say is what
    /// they said while the frames were still on the wire.
    /// </summary>
    /// <param name="condition">Asked every millisecond, never on the wire's thread.</param>
    /// <param name="deadline">How long to wait for it.</param>
    /// <exception cref="TimeoutException">It did not hold in time; the frames are still held.</exception>
    public async Task ReleaseWhenAsync(Func<bool> condition, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > deadline)
                throw new TimeoutException($"After {deadline.TotalSeconds:0.###} s the condition for the release does not hold; {Frames.Count} frames are held.");
            await Task.Delay(s_pollInterval, TimeProvider.System).ConfigureAwait(false);
        }

        Release();
    }

    /// <summary>On the wire's thread; false when there is no room.</summary>
    internal bool TryKeep(WireFrame frame)
    {
        lock (_lock)
        {
            if (_ending is not null)
            {
                // The end came between the predicate and here: the frame goes behind those that were held.
                _ending([frame]);
                return true;
            }

            if (_held.Count >= MaxHeld)
                return false;
            _held.Enqueue(frame);
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Count > _held.Count)
                    continue;
                _waiting[i].Reached.TrySetResult();
                _waiting.RemoveAt(i);
            }

            return true;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Release();
    }

    private protected override void OnError()
    {
        lock (_lock)
        {
            foreach ((_, TaskCompletionSource reached) in _waiting)
                reached.TrySetException(Thrown());
            _waiting.Clear();
        }
    }

    private InvalidOperationException Thrown() => new("The predicate of the hold threw.", Error);

    // One decision for each frame, and in the order of the decisions: they are queued for the wire's thread under the same lock.
    private void Take(int count, Action<List<WireFrame>> use)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_lock)
        {
            if (count == int.MaxValue)
                _ending ??= use;
            var taken = new List<WireFrame>();
            while (taken.Count < count && _held.TryDequeue(out WireFrame? frame))
                taken.Add(frame);
            if (taken.Count > 0)
                use(taken);
        }

        if (count == int.MaxValue)
            End();
    }
}
