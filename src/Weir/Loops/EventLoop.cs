using System.Collections.Concurrent;
using Weir.Buffers;
using Weir.Linux;

namespace Weir.Loops;

/// <summary>Work that another thread hands to a loop.</summary>
internal interface ILoopWork
{
    void RunOnLoop();

    /// <summary>The loop has ended: lets go of what the work was about. On any thread, one at a time.</summary>
    void Abandon() => RunOnLoop();
}

/// <summary>
/// One thread with its timers, its buffers, its queue of work, and the receiving side of its connections. How bytes and connections
/// come from the kernel is the subclass's part; everything here is the same for every engine.
/// </summary>
internal abstract class EventLoop : IDisposable
{
    /// <summary>The size of a block for what a reader keeps while it waits for the rest.</summary>
    public const int SmallBlockBytes = 1024;

    private const int Awake = 0;
    private const int Asleep = 1;

    [ThreadStatic]
    private static EventLoop? s_current;

    private readonly ConcurrentQueue<ILoopWork> _posted = new();
    private readonly Queue<ILoopWork> _nextTurn = new();
    private readonly List<IThreadPoolWorkItem> _toThreadPool = [];
    private readonly Queue<Connection> _starved = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _clockStart;
    private readonly long _budgetBytes;
    private int _threadId;
    private int _sleep;
    private int _starvedCount;
    private volatile bool _stopping;
    private volatile bool _gone;
    private long _nowMs;
    private long _turnStartedMs = -1;

    protected EventLoop(string name, LoopOptions options)
    {
        Name = name;
        Options = options;
        Pool = new BlockPool(options.BlockSizeBytes, retainedBlocks: Math.Max(4, options.RetainedBytesPerLoop / options.BlockSizeBytes));
        SmallPool = new BlockPool(SmallBlockBytes, retainedBlocks: 1024);
        Inline = options.Scheduling == LoopScheduling.Inline;
        _budgetBytes = options.BytesPerLoop;
        _clockStart = options.TimeProvider.GetTimestamp();
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public string Name { get; }

    /// <summary>uring, epoll, poll or select.</summary>
    public abstract string EngineName { get; }

    /// <summary>Whether the kernel tells what is ready, and not what has changed: then only what is wanted is watched, and a hang-up may go unseen.</summary>
    public abstract bool IsLevelTriggered { get; }

    /// <summary>
    /// Whether connections' bytes come as completions of receives that the kernel goes on with, and not by calls that the connection makes
    /// when it is told to.
    /// </summary>
    public virtual bool ReceivesByCompletion => false;

    /// <summary>Whether the kernel may accept connections before a listener asks for each.</summary>
    public virtual bool AcceptsAhead => false;

    public LoopOptions Options { get; }

    public bool Inline { get; }

    public BlockPool Pool { get; }

    public BlockPool SmallPool { get; }

    /// <summary>Buffer memory that is lent at this moment.</summary>
    public long LentBytes => Pool.LentBytes + SmallPool.LentBytes - ProvidedBytes;

    public TimerHeap Timers { get; } = new();

    public LoopCounters Counters { get; } = new();

    /// <summary>CPU time of the loop's thread; zero before it runs and after it has ended.</summary>
    public TimeSpan CpuTime => Volatile.Read(ref _threadId) is > 0 and var thread && Sys.GetThreadCpuTime(thread, out TimeSpan time).IsOk ? time : TimeSpan.Zero;

    /// <summary>Whether the calling thread is this loop's own.</summary>
    public bool IsCurrent => s_current == this;

    /// <summary>The loop that the calling thread is; null on every other thread.</summary>
    protected static EventLoop? Current => s_current;

    /// <summary>Buffer memory that waits in the kernel for what is received next.</summary>
    protected virtual long ProvidedBytes => 0;

    /// <summary>Milliseconds since the loop was made, as of the beginning of the turn.</summary>
    public long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>When the turn that is running began; -1 while the loop waits. Read by the watchdog.</summary>
    public long TurnStartedMs => Volatile.Read(ref _turnStartedMs);

    /// <summary>Whether received bytes have reached the loop's budget.</summary>
    public bool IsOverBudget => LentBytes >= _budgetBytes;

    public Task Ended => _ended.Task;

    /// <summary>Starts the thread, without the execution context of whoever makes it: handlers would run in it.</summary>
    public void Start() => _thread.UnsafeStart();

    /// <summary>Ends the thread after the turn that is running; what is still open is aborted.</summary>
    public void Stop()
    {
        _stopping = true;
        WakeIfAsleep();
    }

    /// <summary>Runs work on the loop, soon, from any thread.</summary>
    public void Post(ILoopWork work)
    {
        _posted.Enqueue(work);
        WakeIfAsleep();
        // After the exchange in there: an earlier look might come before the others see what was queued.
        if (_gone)
            AbandonPosted();
    }

    /// <summary>From the loop's own thread: runs work in the next turn, after everything that is ready had its share.</summary>
    public void RunNextTurn(ILoopWork work) => _nextTurn.Enqueue(work);

    /// <summary>
    /// Hands work to the thread pool; from the loop's own thread at the end of the turn, so that a worker which wakes up does not take the
    /// core from a loop that is still in the middle of its events.
    /// </summary>
    public void RunOnThreadPool(IThreadPoolWorkItem work)
    {
        if (IsCurrent)
            _toThreadPool.Add(work);
        else
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    /// <summary>From the loop's own thread: receives for the connection go on when buffers have come back.</summary>
    public void WaitForBuffers(Connection connection)
    {
        _starved.Enqueue(connection);
        Volatile.Write(ref _starvedCount, _starved.Count);
    }

    /// <summary>A block with room for this many bytes, at least one; larger than the pool's blocks if it must be.</summary>
    public BufferBlock RentBlock(int sizeBytes) =>
        sizeBytes <= Pool.BlockSizeBytes ? Pool.Rent(IsCurrent) : new BufferBlock(sizeBytes);

    public BufferBlock RentSmallBlock() => SmallPool.Rent(IsCurrent);

    /// <summary>Gives a block back to where it came from; a larger one goes to the garbage collector.</summary>
    public void ReturnBlock(BufferBlock block)
    {
        bool onLoop = IsCurrent;
        if (block.Capacity == Pool.BlockSizeBytes)
            Pool.Return(block, onLoop);
        else if (block.Capacity == SmallBlockBytes)
            SmallPool.Return(block, onLoop);
        // The loop raises its flag before it looks at the budget; this looks at the flag after it has given.
        if (!onLoop && Volatile.Read(ref _starvedCount) > 0)
            WakeIfAsleep();
    }

    public long ClockMs() => (long)Options.TimeProvider.GetElapsedTime(_clockStart).TotalMilliseconds;

    public abstract void Dispose();

    /// <summary>The connections that are attached, as an array of this moment.</summary>
    public abstract Connection[] Attached { get; }

    /// <summary>Begins to deliver a connection's input and its room for output; on the loop's thread, as all that follows.</summary>
    /// <exception cref="Sockets.SocketCallException">The kernel has no room for another watch.</exception>
    public abstract void Attach(Connection connection);

    /// <summary>Ends that. After it nothing of this loop touches the connection's descriptor.</summary>
    public abstract void Detach(Connection connection);

    /// <summary>Begins to deliver a listener's connections.</summary>
    /// <exception cref="Sockets.SocketCallException">The kernel has no room for another watch.</exception>
    public abstract void Attach(Acceptor acceptor);

    public abstract void Detach(Acceptor acceptor);

    /// <summary>Begins to wait for the outcome of a connect.</summary>
    /// <exception cref="Sockets.SocketCallException">The kernel has no room for another watch.</exception>
    public abstract void Attach(ConnectOperation operation);

    public abstract void Detach(ConnectOperation operation);

    /// <summary>Begins to tell when calls on a channel's socket are worth another try.</summary>
    /// <exception cref="Sockets.SocketCallException">The kernel has no room for another watch.</exception>
    public abstract void Attach(SocketReadiness readiness);

    public abstract void Detach(SocketReadiness readiness);

    /// <summary>
    /// From the loop's own thread: what an attached source wants may have changed, elsewhere than in its <see cref="IReadySource.OnReady"/>. A
    /// source whose wants change on another thread posts work that calls this.
    /// </summary>
    public abstract void UpdateInterest(IReadySource source);

    /// <summary>The loop's thread begins.</summary>
    protected virtual void OnStarted()
    {
    }

    /// <summary>Waits for the kernel at most this long and delivers what it has.</summary>
    protected abstract void Turn(int timeoutMs);

    /// <summary>Ends a wait that is going on; from any thread.</summary>
    protected abstract void Wake();

    /// <summary>To be called when a wait has ended and before anything is delivered.</summary>
    protected void BeginTurn()
    {
        Volatile.Write(ref _sleep, Awake);
        Volatile.Write(ref _nowMs, ClockMs());
        Volatile.Write(ref _turnStartedMs, _nowMs);
    }

    /// <summary>The loop ends: what is attached, and is no connection, is let go.</summary>
    protected void Abandon<TState>(ReadySourceTable<TState> sources)
        where TState : struct
    {
        foreach (SocketReadiness readiness in sources.All<SocketReadiness>())
            ((ILoopWork)readiness).Abandon();
        foreach (ConnectOperation operation in sources.All<ConnectOperation>())
        {
            Detach(operation);
            ((ILoopWork)operation).Abandon();
        }

        // Nobody would accept any more, and who connects is to be refused instead of waiting.
        foreach (Acceptor acceptor in sources.All<Acceptor>())
        {
            Detach(acceptor);
            ((ILoopWork)acceptor).Abandon();
        }
    }

    private void Run()
    {
        s_current = this;
        Volatile.Write(ref _threadId, Sys.GetThreadId().Value);
        try
        {
            OnStarted();
            BeginTurn();
            while (!_stopping)
            {
                RunQueued();
                Timers.Fire(_nowMs);
                // A loop that sleeps takes the core back from its workers with each answer that brings another request; one that waits for its
                // turn finds many requests at once. An idle core costs a call.
                if (HandOver())
                    Sys.Yield();
                Turn(FallAsleep());
                Counters.Turns++;
            }

            FinishConnections();
            HandOver();
        }
        finally
        {
            Dispose();
            // Who posts from now on sees the flag, or is seen here.
            _gone = true;
            AbandonPosted();
            // What these two have ended goes on in the thread pool, and no turn comes that would hand it over.
            HandOver();
            _ended.SetResult();
        }
    }

    private void AbandonPosted()
    {
        lock (_posted)
        {
            while (_posted.TryDequeue(out ILoopWork? work))
                work.Abandon();
        }
    }

    // What is queued may still open a connection.
    private void FinishConnections()
    {
        Connection[] open = Attached;
        while (open.Length > 0 || !_posted.IsEmpty)
        {
            foreach (Connection connection in open)
                connection.FinishNow();
            RunQueued();
            open = Attached;
        }
    }

    private void RunQueued()
    {
        for (int count = _nextTurn.Count; count > 0; count--)
            _nextTurn.Dequeue().RunOnLoop();
        // As many as a wait brings events: what handlers ask for in return must not keep the loop from its poller.
        for (int limit = Options.EventsPerTurn; limit > 0 && _posted.TryDequeue(out ILoopWork? work); limit--)
            work.RunOnLoop();
        for (int count = _starved.Count; count > 0 && !IsOverBudget; count--)
            _starved.Dequeue().ResumeReceiving();
        Volatile.Write(ref _starvedCount, _starved.Count);
    }

    private bool HandOver()
    {
        foreach (IThreadPoolWorkItem work in _toThreadPool)
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        bool handedOver = _toThreadPool.Count > 0;
        _toThreadPool.Clear();
        return handedOver;
    }

    // The flag is raised before the queue is looked at, and Post looks at the flag after it has queued: one of the two sees the other.
    private int FallAsleep()
    {
        Volatile.Write(ref _turnStartedMs, -1);
        Interlocked.Exchange(ref _sleep, Asleep);
        if (!_posted.IsEmpty || _nextTurn.Count > 0 || _stopping || (_starved.Count > 0 && !IsOverBudget))
            return 0;
        return Timers.MillisecondsUntilNext(_nowMs);
    }

    private void WakeIfAsleep()
    {
        if (Interlocked.CompareExchange(ref _sleep, Awake, Asleep) == Asleep)
            Wake();
    }
}
