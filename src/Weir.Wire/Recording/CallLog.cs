using System.Collections.Concurrent;
using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Takes the outcome of a host's call, on the thread that made it.</summary>
internal delegate void CallHandler(RecordedCall call, SysResult result, long returnedAt);

/// <summary>
/// Sees the system calls of this process, and knows whose they are by their descriptor: a socket belongs to the host on whose thread it was made,
/// and so do the sockets that it accepts.
/// </summary>
internal sealed class CallLog : SysObserver
{
    [ThreadStatic]
    private static CallSlot? s_slot;

    // What the recorder itself asks is no part of the recording.
    [ThreadStatic]
    private static bool s_isMuted;

    private readonly ConcurrentDictionary<int, NamespaceThread> _hosts = new();
    private readonly ConcurrentBag<CallSlot> _slots = [];

    private readonly Lock _lock = new();
    private volatile CallHandler? _handlers;

    /// <summary>The calls that have not returned.</summary>
    public IEnumerable<RecordedCall> Pending => _slots.Select(slot => slot.Current).OfType<RecordedCall>();

    /// <summary>Each recording gets the calls of every host, and takes those of its own.</summary>
    public void Add(CallHandler handler)
    {
        lock (_lock)
            _handlers += handler;
    }

    public void Remove(CallHandler handler)
    {
        lock (_lock)
            _handlers -= handler;
    }

    public override void Entering(in SysCallArguments call)
    {
        if (s_isMuted)
            return;
        NamespaceThread? owner = _handlers is null ? null : HostOf(call) ?? (call.Number == NR.socket ? NamespaceThread.Current : null);
        // At once: another thread may get the number as soon as the kernel has it back.
        if (call.Number == NR.close)
            _hosts.TryRemove((int)call.A0, out _);
        if (owner is null)
            return;
        CallSlot slot = s_slot ??= NewSlot();
        slot.Current = new RecordedCall(owner, slot.ThreadId, (int)call.A0, CallText.NameOf(call), CallText.Arguments(call), Stopwatch.GetTimestamp());
    }

    public override void Completed(in SysCallArguments call, SysResult result)
    {
        long now = Stopwatch.GetTimestamp();
        if (result.IsOk)
            Learn(call, result.Value);
        if (s_slot?.Current is not { } recorded)
            return;
        s_slot.Current = null;
        if (IsOfInterest(call))
            _handlers?.Invoke(recorded with { Arguments = recorded.Arguments + CallText.Answer(call, result) }, result, now);
    }

    /// <summary>Where a socket is bound; null when it is no socket any more.</summary>
    public static KernelAddress? LocalAddressOf(int fd)
    {
        Span<byte> address = stackalloc byte[KernelAddress.MaxBytes];
        s_isMuted = true;
        SysResult asked = Sys.GetSocketName(fd, address, out int length);
        s_isMuted = false;
        return asked.IsOk ? KernelAddress.FromBytes(address[..length]) : null;
    }

    private NamespaceThread? HostOf(in SysCallArguments call)
    {
        if (call.Number == NR.ppoll)
            return CallText.PolledFds(call).Select(fd => _hosts.GetValueOrDefault(fd)).FirstOrDefault(host => host is not null);
        return CallText.TakesSocket(call.Number) ? _hosts.GetValueOrDefault((int)call.A0) : null;
    }

    private void Learn(in SysCallArguments call, int fd)
    {
        if (call.Number == NR.socket && NamespaceThread.Current is { } maker && call.A0 is AF_INET or AF_INET6)
            _hosts[fd] = maker;
        else if (call.Number == NR.accept4 && _hosts.TryGetValue((int)call.A0, out NamespaceThread? host))
            _hosts[fd] = host;
    }

    // A socket of netlink or of packets is the host's own machinery.
    private static bool IsOfInterest(in SysCallArguments call) => call.Number != NR.socket || call.A0 is AF_INET or AF_INET6;

    private CallSlot NewSlot()
    {
        var slot = new CallSlot(Environment.CurrentManagedThreadId);
        _slots.Add(slot);
        return slot;
    }
}
