using Weir.Linux;

namespace Weir.Polling;

/// <summary>
/// Readiness, one contract for every engine. A poller belongs to one thread, which makes all calls.
/// <list type="bullet">
/// <item>A descriptor is added once and removed before it is closed; adding twice is EEXIST, the others on a stranger ENOENT.</item>
/// <item>A wait reports each descriptor at most once, with everything that it is ready for.</item>
/// <item>What is ready when it is added or modified is reported, in every mode.</item>
/// <item>Error and HangUp are reported whether asked for or not, by those that tell them apart (<see cref="Distinguishes"/>).</item>
/// <item>select(2) has no Error, HangUp and PeerFinished. It reports Readable instead where that is asked for, and for an error Writable where
/// that is asked for: the call that follows meets the end or the error. Where neither is asked for it reports nothing.</item>
/// <item>A signal ends no wait: EINTR is an ordinary answer of zero events.</item>
/// </list>
/// </summary>
public interface IPoller : IDisposable
{
    /// <summary>epoll, poll or select.</summary>
    string Name { get; }

    /// <summary>The events that are reported as themselves. Those that are missing come as others, or not at all.</summary>
    PollEvents Distinguishes { get; }

    /// <summary>Which modes the kernel gives. The others answer EINVAL.</summary>
    bool Supports(PollMode mode);

    SysResult Add(int fd, PollEvents interest, PollMode mode, ulong token);

    SysResult Modify(int fd, PollEvents interest, PollMode mode, ulong token);

    SysResult Remove(int fd);

    /// <summary>Waits for the next events.</summary>
    /// <param name="ready">Gets them; those beyond its length come with the next wait.</param>
    /// <param name="timeoutMs">0 polls, -1 waits without limit.</param>
    /// <returns>How many there are.</returns>
    SysResult Wait(Span<ReadyEvent> ready, int timeoutMs);
}
