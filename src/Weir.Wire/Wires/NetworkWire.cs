using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// What joins two hosts. One thread reads what each has sent and sends it to the other, or not, or later. The thread is in no namespace:
/// its two sockets are.
/// </summary>
public sealed class NetworkWire
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PacketSocket _portA;
    private readonly PacketSocket _portB;
    private readonly EventDescriptor _wake = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Observation[] _observers = [];
    private int _threadId;
    private volatile bool _isStopping;
    private volatile Exception? _observerError;

    internal NetworkWire(string a, string b, PacketSocket portA, PacketSocket portB, WireOptions options)
    {
        NamespaceThread.ThrowIfInside();
        (_portA, _portB) = (portA, portB);
        AToB = new WireDirection(this, a, b, new WireChance(options.Seed, direction: 1), new WireCounters(portA.TakeDrops), portB);
        BToA = new WireDirection(this, b, a, new WireChance(options.Seed, direction: 2), new WireCounters(portB.TakeDrops), portA);
        new Thread(Run) { Name = $"wire {a}-{b}", IsBackground = true }.UnsafeStart();
    }

    /// <summary>From the first host of <see cref="HostNetwork.Connect"/> to the second.</summary>
    public WireDirection AToB { get; }

    public WireDirection BToA { get; }

    /// <summary>What an observer threw; it sees nothing more since.</summary>
    public Exception? ObserverError => _observerError;

    /// <summary>CPU time of the wire's thread, while it runs.</summary>
    internal TimeSpan CpuTime => Volatile.Read(ref _threadId) is > 0 and var thread && Sys.GetThreadCpuTime(thread, out TimeSpan time).IsOk ? time : TimeSpan.Zero;

    internal bool IsObserved => Volatile.Read(ref _observers).Length > 0;

    /// <summary>Sets the conditions of both directions.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void SetConditions(WireConditions conditions)
    {
        AToB.Conditions = conditions;
        BToA.Conditions = conditions;
    }

    /// <summary>Lets the observer see every frame from now on, until what is returned is disposed of.</summary>
    public IDisposable Observe(IWireObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var observation = new Observation(this, observer);
        lock (_lock)
            Volatile.Write(ref _observers, [.. _observers, observation]);
        return observation;
    }

    internal bool IsStopping => _isStopping;

    /// <summary>Nothing passes any more; for good.</summary>
    internal Task StopAsync()
    {
        _isStopping = true;
        Wake();
        return _ended.Task;
    }

    internal void Wake() => _wake.Signal();

    internal void Tell(in WireEvent happened)
    {
        foreach (Observation observation in Volatile.Read(ref _observers))
        {
            try
            {
                observation.Observer.Observed(happened);
            }
            catch (Exception error) // It is the caller's code; the wire goes on without it.
            {
                _observerError = error;
                Remove(observation);
            }
        }
    }

    private void Remove(Observation observation)
    {
        lock (_lock)
            Volatile.Write(ref _observers, [.. _observers.Where(other => other != observation)]);
    }

    private void Run()
    {
        Volatile.Write(ref _threadId, Sys.GetThreadId().Value);
        // 50 µs of slack, which is the default, would be added to each delay.
        Sys.SetTimerSlack(1);
        while (!_isStopping)
            Turn();
        Close();
        _ended.SetResult();
    }

    private void Turn()
    {
        long now = Stopwatch.GetTimestamp();
        AToB.Tick(now);
        BToA.Tick(now);
        int fromA = Pass(_portA, AToB);
        int fromB = Pass(_portB, BToA);
        AToB.Flush();
        BToA.Flush();
        _portA.Ring.Advance(fromA);
        _portB.Ring.Advance(fromB);
        if (fromA + fromB == 0)
            Wait();
    }

    private static unsafe int Pass(PacketSocket port, WireDirection direction)
    {
        int count = 0;
        byte* bytes;
        while (count < FrameBatch.MaxFrames && (bytes = port.Ring.Peek(count, out int length)) != null)
        {
            // Read when the frame is there: it has not arrived before it was sent.
            direction.Accept(bytes, length, Stopwatch.GetTimestamp());
            count++;
        }

        return count;
    }

    private void Wait()
    {
        long due = Math.Min(AToB.NextDue, BToA.NextDue);
        TimeSpan timeout = due == long.MaxValue ? s_longestWait : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        Span<pollfd> fds =
        [
            new pollfd { fd = _portA.Fd.Number, events = POLLIN },
            new pollfd { fd = _portB.Fd.Number, events = POLLIN },
            new pollfd { fd = _wake.Fd.Number, events = POLLIN },
        ];
        Sys.Poll(fds, timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout);
        if ((fds[0].revents & POLLERR) != 0)
            _portA.ClearError();
        if ((fds[1].revents & POLLERR) != 0)
            _portB.ClearError();
        if (fds[2].revents != 0)
            _wake.Clear();
    }

    private void Close()
    {
        AToB.Close();
        BToA.Close();
        _portA.Dispose();
        _portB.Dispose();
        _wake.Dispose();
    }

    private sealed class Observation(NetworkWire wire, IWireObserver observer) : IDisposable
    {
        public IWireObserver Observer => observer;

        public void Dispose() => wire.Remove(this);
    }
}
