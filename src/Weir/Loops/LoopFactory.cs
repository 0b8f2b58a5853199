using Weir.Polling;
using Weir.Rings;
using Weir.Sockets;

namespace Weir.Loops;

/// <summary>Makes loops on the engine that was asked for, or on the one that takes its place.</summary>
internal static class LoopFactory
{
    /// <param name="count">How many.</param>
    /// <param name="options">How each is set up.</param>
    /// <param name="refusal">Why they are on another engine, in a line; null when they are not.</param>
    /// <exception cref="SocketCallException">The process has no descriptors or no memory left.</exception>
    public static EventLoop[] Create(int count, LoopOptions options, out string? refusal)
    {
        refusal = null;
        if (LoopEngineChoice.Of(options.Engine) == LoopEngine.Uring && TryCreateRings(count, options, out refusal) is { } loops)
            return loops;
        return Create(count, i => new PollLoop(Name(i), options, CreatePoller(options)));
    }

    private static EventLoop[]? TryCreateRings(int count, LoopOptions options, out string? refusal)
    {
        RingSupport support = options.Ring.Mask is { } mask ? RingSupport.Probe(mask) : RingSupport.OfProcess;
        refusal = support.Refusal;
        try
        {
            if (support.IsAvailable)
                return Create(count, i => new RingLoop(Name(i), options, support.Features));
        }
        catch (SocketCallException failure)
        {
            refusal = RingRefusal.Describe(failure);
        }

        refusal += ", using epoll";
        return null;
    }

    private static EventLoop[] Create(int count, Func<int, EventLoop> create)
    {
        List<EventLoop> loops = [];
        try
        {
            for (int i = 0; i < count; i++)
                loops.Add(create(i));
            return [.. loops];
        }
        catch
        {
            loops.ForEach(loop => loop.Dispose());
            throw;
        }
    }

    private static IPoller CreatePoller(LoopOptions options) => options.Engine switch
    {
        LoopEngine.Poll => new PollPoller(),
        LoopEngine.Select => new SelectPoller(),
        _ => new EpollPoller(options.EventsPerTurn),
    };

    private static string Name(int index) => $"weir loop {index}";
}
