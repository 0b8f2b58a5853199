using Weir.Loops;

namespace Weir;

/// <summary>
/// The loops that connections live on: one per core that this process may use. <see cref="Environment.ProcessorCount"/> knows the
/// affinity mask and the cgroup's quota.
/// </summary>
public sealed class LoopGroup : IAsyncDisposable
{
    private static readonly Lazy<LoopGroup> s_shared = new(() => new LoopGroup());

    private readonly EventLoop[] _loops;
    private readonly LoopWatchdog? _watchdog;

    /// <param name="count">How many loops; 0 for one per core.</param>
    /// <param name="options">How each is set up.</param>
    /// <exception cref="Sockets.SocketCallException">The process has no descriptors or no memory left.</exception>
    public LoopGroup(int count = 0, LoopOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Options = options ?? new LoopOptions();
        Options.ThrowIfInvalid(nameof(options));
        _loops = LoopFactory.Create(count == 0 ? Environment.ProcessorCount : count, Options, out string? refusal);
        EngineRefusal = refusal;
        foreach (EventLoop loop in _loops)
            loop.Start();
        if (Options.Scheduling == LoopScheduling.Inline && Options.StallThreshold != Timeout.InfiniteTimeSpan)
            _watchdog = new LoopWatchdog(_loops, Options.StallThreshold, stall => Stalled?.Invoke(stall));
    }

    /// <summary>A turn of a loop lasts longer than <see cref="LoopOptions.StallThreshold"/>; raised once per turn, on the watchdog's thread, which it must not hold.</summary>
    public event Action<LoopStall>? Stalled;

    /// <summary>The process's own loops, made when they are first needed and never ended.</summary>
    public static LoopGroup Shared => s_shared.Value;

    public LoopOptions Options { get; }

    public int Count => _loops.Length;

    /// <summary>What the loops wait with, for messages: uring, epoll, poll or select.</summary>
    public string EngineName => _loops[0].EngineName;

    /// <summary>Why the engine is another than the one that was asked for, in a line; null when it is not.</summary>
    public string? EngineRefusal { get; }

    /// <summary>What each loop did.</summary>
    public IReadOnlyList<LoopStatistics> Statistics => [.. _loops.Select(loop => loop.Counters.Read(loop))];

    internal IReadOnlyList<EventLoop> Loops => _loops;

    /// <summary>Ends the loops; connections that are still open are closed at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _watchdog?.Dispose();
        foreach (EventLoop loop in _loops)
            loop.Stop();
        await Task.WhenAll(_loops.Select(loop => loop.Ended)).ConfigureAwait(false);
    }

    internal EventLoop LeastLoaded()
    {
        EventLoop least = _loops[0];
        foreach (EventLoop loop in _loops)
        {
            if (loop.Counters.Connections < least.Counters.Connections)
                least = loop;
        }

        return least;
    }
}
