using System.Diagnostics;
using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;

namespace Weir.Loops;

/// <summary>
/// A loop on a readiness poller. It tries a call first and waits when the kernel says EAGAIN, so that above it everything completes, as on
/// a completion engine. Where the poller can, connections are watched edge-triggered, once, for both directions; otherwise each source for
/// what it wants at the moment, and not at all while it wants nothing.
/// </summary>
internal sealed class PollLoop : EventLoop
{
    private const PollEvents BothDirections = PollEvents.Readable | PollEvents.Priority | PollEvents.Writable | PollEvents.PeerFinished;

    private readonly IPoller _poller;
    private readonly WakeUp _wakeUp = new();

    // Of each what the poller watches; None when the poller does not have it.
    private readonly ReadySourceTable<PollEvents> _sources = new();
    private readonly ReadyEvent[] _ready;

    public PollLoop(string name, LoopOptions options, IPoller poller)
        : base(name, options)
    {
        _poller = poller;
        IsLevelTriggered = !poller.Supports(PollMode.Edge);
        _ready = new ReadyEvent[options.EventsPerTurn];
        Watch(_wakeUp);
    }

    public override string EngineName => _poller.Name;

    public override bool IsLevelTriggered { get; }

    public override Connection[] Attached => _sources.All<Connection>();

    public override void Attach(Connection connection) => WatchBoth(connection);

    public override void Detach(Connection connection) => Unwatch(connection);

    // Level-triggered on every poller: what one turn leaves in the queue is reported again.
    public override void Attach(Acceptor acceptor) => Watch(acceptor);

    public override void Detach(Acceptor acceptor) => Unwatch(acceptor);

    public override void Attach(ConnectOperation operation) => Watch(operation);

    public override void Detach(ConnectOperation operation) => Unwatch(operation);

    public override void Attach(SocketReadiness readiness) => Watch(readiness, ((IReadySource)readiness).Wanted, Mode);

    public override void Detach(SocketReadiness readiness) => Unwatch(readiness);

    public override void UpdateInterest(IReadySource source)
    {
        // One that was detached meanwhile has a token that finds somebody else, or nobody.
        if (_sources.Find(source.Token) == source && (IsLevelTriggered || source is SocketReadiness))
            ChangeInterest(source);
    }

    public override void Dispose()
    {
        Abandon(_sources);
        _poller.Dispose();
        _wakeUp.Dispose();
    }

    protected override void Turn(int timeoutMs)
    {
        SysResult waited = _poller.Wait(_ready, timeoutMs);
        BeginTurn();
        if (!waited.IsOk)
            throw new SocketCallException($"{_poller.Name} wait", waited.Errno);

        Counters.Events += waited.Value;
        for (int i = 0; i < waited.Value; i++)
        {
            if (_sources.Find(_ready[i].Token) is not { } source)
                continue;
            source.OnReady(_ready[i].Events);
            if (IsLevelTriggered)
                UpdateInterest(source);
        }
    }

    protected override void Wake() => _wakeUp.Signal();

    private PollMode Mode => IsLevelTriggered ? PollMode.Level : PollMode.Edge;

    private void WatchBoth(IReadySource source)
    {
        if (IsLevelTriggered)
            Watch(source);
        else
            Watch(source, BothDirections, PollMode.Edge);
    }

    private void Watch(IReadySource source) => Watch(source, source.Wanted, PollMode.Level);

    private void Watch(IReadySource source, PollEvents interest, PollMode mode)
    {
        ulong token = _sources.Add(source);
        SysResult added = interest == PollEvents.None ? new SysResult(0) : _poller.Add(source.Fd.Number, interest, mode, token);
        if (!added.IsOk)
        {
            _sources.Remove(token);
            throw new SocketCallException($"{_poller.Name} add", added.Errno);
        }

        source.Token = token;
        _sources.State(token) = interest;
    }

    // Nothing here can fail: level-triggered pollers keep their set in this process, and on epoll only a change is asked for.
    private void ChangeInterest(IReadySource source)
    {
        ref PollEvents interest = ref _sources.State(source.Token);
        PollEvents wanted = source.Wanted;
        if (wanted == interest)
            return;

        int fd = source.Fd.Number;
        SysResult changed = (interest, wanted) switch
        {
            (PollEvents.None, _) => _poller.Add(fd, wanted, Mode, source.Token),
            (_, PollEvents.None) => _poller.Remove(fd),
            _ => _poller.Modify(fd, wanted, Mode, source.Token),
        };
        Debug.Assert(changed.IsOk, "the poller and the table agree");
        interest = wanted;
    }

    private void Unwatch(IReadySource source)
    {
        bool isWatched = _sources.State(source.Token) != PollEvents.None;
        _sources.Remove(source.Token);
        if (isWatched)
            _poller.Remove(source.Fd.Number);
    }
}
