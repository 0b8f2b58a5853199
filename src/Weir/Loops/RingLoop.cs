using Weir.Linux;
using Weir.Polling;
using Weir.Rings;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Loops;

/// <summary>
/// A loop on an io_uring. Connections are received by operations that the kernel goes on with, into blocks that it is given beforehand; listeners
/// accept in the same way. Sends stay calls of whoever flushes: a call that does not wait costs no more than an operation, and no two can overtake each other. What
/// has to wait for room, for a connect, or for a channel's news is polled by an operation. What a kernel does not have is replaced, see <see cref="RingFeatures"/>.
/// </summary>
internal sealed partial class RingLoop : EventLoop
{
    private const PollEvents BothDirections = PollEvents.Readable | PollEvents.Priority | PollEvents.Writable | PollEvents.PeerFinished;

    private readonly RingFeatures _features;
    private readonly Ring _ring;
    private readonly BufferRing? _buffers;
    private readonly WakeUp _wakeUp = new();
    private readonly ReadySourceTable<RingWatch> _sources = new();

    // Completions that came while one was waited for.
    private readonly Queue<io_uring_cqe> _postponed = new();
    private readonly Queue<ulong> _withoutBuffer = new();

    // Loops that this one has woken.
    private readonly List<RingLoop> _messaged = [];
    private volatile bool _isEnabled;

    /// <exception cref="SocketCallException">The kernel gives no ring, or no memory for one.</exception>
    public RingLoop(string name, LoopOptions options, RingFeatures features)
        : base(name, options)
    {
        _features = features;
        RingOptions sizes = options.Ring;
        try
        {
            _ring = new Ring(sizes.SubmissionEntries, sizes.CompletionEntries, features);
            if (Has(RingFeatures.BufferRing))
                _buffers = new BufferRing(_ring, Pool, sizes.FirstBuffers, sizes.MostBuffers);
        }
        catch
        {
            _ring?.Dispose();
            _wakeUp.Dispose();
            throw;
        }
    }

    public override string EngineName => "uring";

    // A channel's poll goes on and tells what has changed.
    public override bool IsLevelTriggered => false;

    public override bool ReceivesByCompletion => _buffers is not null;

    public override bool AcceptsAhead => Has(RingFeatures.MultishotAccept);

    public override Connection[] Attached => _sources.All<Connection>();

    protected override long ProvidedBytes => _buffers?.ProvidedBytes ?? 0;

    public override void Attach(Connection connection)
    {
        Add(connection);
        if (ReceivesByCompletion)
            UpdateInterest(connection);
        else
            Poll(connection, BothDirections, isMultishot: true);
    }

    public override void Detach(Connection connection) => Remove(connection);

    public override void Attach(Acceptor acceptor)
    {
        Add(acceptor);
        Accept(acceptor);
    }

    public override void Detach(Acceptor acceptor) => Remove(acceptor);

    public override void Attach(ConnectOperation operation)
    {
        Add(operation);
        Poll(operation, PollEvents.Writable, isMultishot: false);
    }

    public override void Detach(ConnectOperation operation) => Remove(operation);

    public override void Attach(SocketReadiness readiness)
    {
        Add(readiness);
        Poll(readiness, PollEvents.Readable | PollEvents.PeerFinished, isMultishot: true);
        UpdateInterest(readiness);
    }

    public override void Detach(SocketReadiness readiness) => Remove(readiness);

    public override void UpdateInterest(IReadySource source)
    {
        // One that was detached meanwhile has a token that finds somebody else, or nobody.
        if (_sources.Find(source.Token) != source)
            return;
        if (source is Connection connection && ReceivesByCompletion)
            UpdateReceive(connection);
        else if (source is not SocketReadiness)
            return;
        if (source.Wanted.Has(PollEvents.Writable))
            PollRoom(source);
    }

    public override void Dispose()
    {
        if (_isEnabled)
            EndOperations();
        // What is abandoned after this may still wake other loops, and has no ring for it any more.
        _isEnabled = false;
        _ring.Dispose();
        _buffers?.Release();
        _wakeUp.Dispose();
    }

    protected override void OnStarted()
    {
        _ring.Enable();
        Add(_wakeUp);
        WaitForWake();
        _isEnabled = true;
    }

    protected override void Turn(int timeoutMs)
    {
        _buffers?.Refill();
        bool hasMore = _postponed.Count > 0 || _ring.HasCompletions;
        Errno errno = _ring.Enter(hasMore || timeoutMs == 0 ? 0u : 1u, timeoutMs);
        BeginTurn();
        if (errno != Errno.None)
            throw new SocketCallException("io_uring_enter", errno);
        if (_ring.HasOverflowed)
            Counters.Overflows++;
        Counters.FullSubmissions = _ring.FullSubmissions;

        int limit = Options.EventsPerTurn;
        // What was postponed is older than what the queue holds; each may postpone more, or look for its own among them.
        while (limit-- > 0 && (_postponed.TryDequeue(out io_uring_cqe completion) || _ring.TryTake(out completion)))
            Complete(completion);
        if (_withoutBuffer.Count > 0)
            ReceiveAgain();
    }

    protected override void Wake()
    {
        // A loop that is at work itself has a ring to send the message with.
        if (_isEnabled && Current is RingLoop { _isEnabled: true } sender && sender != this && sender.Has(RingFeatures.Messages) && sender.SendWake(this))
            return;
        _wakeUp.Signal();
    }

    // Nobody reads the eventfd: each signal is an event, whatever its counter says.
    private void WaitForWake() => _ring.Push(
        RingOperations.Poll(_wakeUp.Fd.Number, EPOLLIN, isMultishot: true, UserData(_wakeUp, RingOperationKind.Wake)));

    private bool Has(RingFeatures feature) => (_features & feature) != RingFeatures.None;

    // At once: the sender may be about to wait for what it asks for.
    private bool SendWake(RingLoop receiver)
    {
        int index = _messaged.IndexOf(receiver);
        if (index < 0)
        {
            index = _messaged.Count;
            _messaged.Add(receiver);
        }

        _ring.Push(RingOperations.Message(
            receiver._ring.Fd.Number,
            userData: RingOperations.UserData(0, RingOperationKind.Message),
            sentUserData: RingOperations.UserData((ulong)index, RingOperationKind.MessageSent),
            _ring.HasSilentSuccess));
        return _ring.Enter(waitFor: 0, timeoutMs: -1) == Errno.None && _ring.HasSubmittedAll;
    }

    private void Add(IReadySource source) => source.Token = _sources.Add(source);

    private void EndOperations()
    {
        Abandon(_sources);
        // Messages to other loops that are still here.
        _ring.Enter(waitFor: 0, timeoutMs: -1);
    }
}
