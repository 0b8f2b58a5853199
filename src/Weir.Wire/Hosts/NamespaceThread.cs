using System.Runtime.ExceptionServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// The one thread that is in a host's network namespace. What it would start would be in there as well, so it starts nothing: it makes
/// synchronous calls, one at a time, while their callers wait on threads of their own; no completion goes through the thread pool.
/// </summary>
internal sealed class NamespaceThread : IDisposable
{
    private const int MaxWaiting = 1024;

    // Calls take no longer, unless they wait for something.
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static NamespaceThread? s_current;

    private readonly Lock _lifeLock = new();
    private readonly object _queueLock = new();
    private readonly Queue<Call> _queue = new();
    private readonly Thread _thread;
    private bool _isStopping;

    /// <exception cref="NamespaceException">The kernel grants no network namespace.</exception>
    public NamespaceThread(string hostName)
    {
        ThrowIfInside();
        string name = Name = $"host {hostName}";
        _thread = new Thread(Serve) { Name = name, IsBackground = true };
        _thread.UnsafeStart();
        try
        {
            Run(Enter);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The one that is running; null on any other thread.</summary>
    public static NamespaceThread? Current => s_current;

    public string Name { get; }

    /// <summary>The namespace, for those who move interfaces into it. It goes when nobody has it open and no thread or process is in it.</summary>
    public SafeFd Namespace { get; private set; } = new();

    /// <summary>The inode that names the namespace in /proc/PID/ns/net.</summary>
    public ulong Inode { get; private set; }

    /// <summary>As /proc/self/task names it.</summary>
    public int ThreadId { get; private set; }

    /// <summary>What would start threads does not do it from inside a namespace.</summary>
    public static void ThrowIfInside()
    {
        if (s_current is not null)
            throw new InvalidOperationException($"This thread is in the namespace of {s_current.Name}, where nothing may be started; call it from elsewhere.");
    }

    public void Run(Action call) => Run(() =>
    {
        call();
        return true;
    });

    /// <summary>Makes a call on the thread and waits for it. What it throws is thrown here.</summary>
    /// <exception cref="ObjectDisposedException">The host is gone.</exception>
    public T Run<T>(Func<T> call)
    {
        if (s_current == this)
            return call();
        var waiting = new Call<T>(call);
        lock (_queueLock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_queue.Count >= MaxWaiting)
                throw new InvalidOperationException($"{MaxWaiting} calls wait for {Name} already.");
            _queue.Enqueue(waiting);
            Monitor.Pulse(_queueLock);
        }

        return waiting.Wait();
    }

    /// <summary>The thread ends after the calls that wait for it.</summary>
    /// <exception cref="TimeoutException">One of them does not return; the thread ends when it does.</exception>
    public void Dispose() => End(s_endLimit);

    /// <inheritdoc cref="Dispose"/>
    internal void End(TimeSpan limit)
    {
        lock (_lifeLock)
        {
            lock (_queueLock)
            {
                _isStopping = true;
                Monitor.PulseAll(_queueLock);
            }

            bool hasEnded = _thread.Join(limit);
            Namespace.Dispose();
            if (!hasEnded)
                throw new TimeoutException($"A call in {Name} has not returned within {limit.TotalSeconds:0.###} s; its thread and namespace stay until it does.");
        }
    }

    private bool Enter()
    {
        SysResult entered = Sys.Unshare(CLONE_NEWNET);
        if (!entered.IsOk)
            throw NamespaceException.For(entered.Errno);
        SysResult opened = Sys.Open("/proc/thread-self/ns/net"u8, O_RDONLY | O_CLOEXEC);
        if (!opened.IsOk)
            throw new NamespaceException("open /proc/thread-self/ns/net", opened.Errno, "is /proc mounted?");
        Namespace = new SafeFd(opened.Value);
        Sys.Stat(opened.Value, out statx status);
        (Inode, ThreadId) = (status.stx_ino, Sys.GetThreadId().Value);
        return true;
    }

    private void Serve()
    {
        s_current = this;
        while (Next() is Call call)
            call.Make();
    }

    private Call? Next()
    {
        lock (_queueLock)
        {
            while (_queue.Count == 0 && !_isStopping)
                Monitor.Wait(_queueLock);
            return _queue.TryDequeue(out Call? call) ? call : null;
        }
    }

    private abstract class Call
    {
        public abstract void Make();
    }

    private sealed class Call<T>(Func<T> call) : Call
    {
        private readonly object _lock = new();
        private bool _isMade;
        private T? _value;
        private ExceptionDispatchInfo? _error;

        public override void Make()
        {
            try
            {
                _value = call();
            }
            catch (Exception error) // Whatever it is, it belongs to the caller.
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }

            lock (_lock)
            {
                _isMade = true;
                Monitor.Pulse(_lock);
            }
        }

        public T Wait()
        {
            lock (_lock)
            {
                while (!_isMade)
                    Monitor.Wait(_lock);
            }

            _error?.Throw();
            return _value!;
        }
    }
}
