using System.Collections.Concurrent;
using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// Sees the system calls of this process, and knows whose they are by their descriptor: a socket belongs to the host on whose thread it was made,
/// and so do the sockets that it accepts, and an epoll instance that it is the first to be added to.
/// </summary>
internal sealed class CallLog : SysObserver
{
    [ThreadStatic]
    private static RecordedCall? s_current;

    // What the recorder itself asks is no part of the recording.
    [ThreadStatic]
    private static bool s_isMuted;

    private readonly ConcurrentDictionary<int, NamespaceThread> _hosts = new();

    // By the thread that is in it.
    private readonly ConcurrentDictionary<int, RecordedCall> _underway = new();

    private readonly Lock _lock = new();
    private volatile Action<RecordedCall>? _handlers;

    /// <summary>The calls that have not returned, and those that have and whose handlers are not through.</summary>
    public ICollection<RecordedCall> Underway => _underway.Values;

    /// <summary>Each recording gets the calls of every host, on the thread that made them, and takes those of its own.</summary>
    /// <param name="handler">Throws nothing: it would come out of the call.</param>
    public void Add(Action<RecordedCall> handler)
    {
        lock (_lock)
            _handlers += handler;
    }

    public void Remove(Action<RecordedCall> handler)
    {
        lock (_lock)
            _handlers -= handler;
    }

    public override void Entering(in SysCallArguments call)
    {
        if (s_isMuted)
            return;
        NamespaceThread? owner = _handlers is null ? null : IsNewSocket(call) ? NamespaceThread.Current : HostOf(call);
        // At once: another thread may get the number as soon as the kernel has it back.
        if (call.Number == NR.close)
            _hosts.TryRemove((int)call.A0, out _);
        if (owner is null)
            return;
        s_current = new RecordedCall(
            owner, Environment.CurrentManagedThreadId, (int)call.A0, CallText.NameOf(call), CallText.Arguments(call), Stopwatch.GetTimestamp());
        _underway[s_current.ThreadId] = s_current;
    }

    public override void Completed(in SysCallArguments call, SysResult result)
    {
        if (s_isMuted)
            return;
        long now = Stopwatch.GetTimestamp();
        if (result.IsOk)
            Learn(call, result.Value);
        if (s_current is not { } recorded)
            return;
        s_current = null;
        recorded = recorded with { Arguments = recorded.Arguments + CallText.Answer(call, result), Result = result, ReturnedAt = now };
        // A recording that ends before its handler has run finds here that the call has returned.
        _underway[recorded.ThreadId] = recorded;
        s_isMuted = true;
        try
        {
            _handlers?.Invoke(recorded);
        }
        finally
        {
            s_isMuted = false;
            _underway.TryRemove(recorded.ThreadId, out _);
        }
    }

    /// <summary>Where a socket is bound; null when it is no socket any more. For handlers.</summary>
    public static KernelAddress? LocalAddressOf(int fd)
    {
        Span<byte> address = stackalloc byte[KernelAddress.MaxBytes];
        return Sys.GetSocketName(fd, address, out int length).IsOk ? KernelAddress.FromBytes(address[..length]) : null;
    }

    private NamespaceThread? HostOf(in SysCallArguments call)
    {
        if (CallSockets.IsFirstArgument(call.Number))
            return _hosts.GetValueOrDefault((int)call.A0);
        foreach (int fd in CallSockets.Among(call))
        {
            if (_hosts.TryGetValue(fd, out NamespaceThread? host))
                return host;
        }

        return null;
    }

    private void Learn(in SysCallArguments call, int value)
    {
        if (IsNewSocket(call) && NamespaceThread.Current is { } maker)
            _hosts[value] = maker;
        else if (call.Number == NR.accept4 && _hosts.TryGetValue((int)call.A0, out NamespaceThread? host))
            _hosts[value] = host;
        else if (call.Number == NR.epoll_ctl && call.A1 == EPOLL_CTL_ADD && _hosts.TryGetValue((int)call.A2, out NamespaceThread? watched))
            _hosts.TryAdd((int)call.A0, watched);
    }

    // A socket of netlink or of packets is the host's own machinery.
    private static bool IsNewSocket(in SysCallArguments call) => call.Number == NR.socket && call.A0 is AF_INET or AF_INET6;
}
