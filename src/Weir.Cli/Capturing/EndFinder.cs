using Weir.Inspect;
using Weir.Inspect.Processes;
using Weir.Inspect.Tracing;
using Weir.Packets.Flows;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Capturing;

/// <summary>Asks whose the two ends of a flow are: the trace of the command, when there is one, and the kernel's table with /proc.</summary>
internal sealed class EndFinder(TimeProvider time, CommandTrace? trace) : IDisposable
{
    // Of the reading thread's time, so that many flows that nobody owns don't keep it from reading.
    private const double WalkingPart = 0.1;
    private static readonly TimeSpan s_walkingBurst = TimeSpan.FromMilliseconds(250);

    // What a socket sent waits in a device's queue after its close, before it is captured; on this machine only the two clocks differ a little.
    private const long QueuedNs = LateNs;
    private const long InaccuracyNs = 50_000;

    // Answers are still a socket's when it has just been closed; the kernel ends a connection long after that.
    private const long LateNs = 1_000_000_000;
    private const long AftermathNs = 120 * LateNs;

    private readonly SocketOwners _owners = new(new TimeShare(time, WalkingPart, s_walkingBurst));
    private readonly KernelClock _clock = new();

    public bool IsTraced => trace is not null;

    /// <summary>Up to which moment's packets an answer holds that is given now; for good, where nothing is traced.</summary>
    public long HoldsUntilNs => trace is null ? long.MaxValue : _clock.NowNs;

    /// <summary>Whether anything can be known about packets of this protocol.</summary>
    public bool Knows(byte protocol) => IsTraced || protocol is IPPROTO_TCP or IPPROTO_UDP;

    /// <summary>Whether the sender's address is this machine's.</summary>
    public bool IsFromHere(in FlowKey key) => _owners.IsLocal(KernelAddress.FromIPAddress(key.SourceAddress, key.SourcePort));

    /// <summary>The sender's end, and that of the receiver.</summary>
    /// <param name="key">The flow.</param>
    /// <param name="openedNs">When it was opened, in ns since 1970; 0 when nobody has seen it.</param>
    /// <param name="before">What is known: of ends that are the same still, nothing else is asked.</param>
    public (OwnedEnd Sender, OwnedEnd Receiver) Find(in FlowKey key, long openedNs, (OwnedEnd Sender, OwnedEnd Receiver) before)
    {
        FlowKey back = key.Reversed;
        if (trace is null)
            return (Look(key), Look(back));
        OwnedEnd sender = Traced(key, openedNs, InaccuracyNs, before.Sender);
        OwnedEnd receiver = Traced(back, openedNs, LateNs, before.Receiver);
        // Whose the others are is no matter.
        if (!sender.IsOfCommand && !receiver.IsOfCommand)
            return default;
        return (sender.IsOfCommand ? sender : Other(key, before.Sender), receiver.IsOfCommand ? receiver : Other(back, before.Receiver));
    }

    /// <summary>Learns whose the sockets are that there are now.</summary>
    public void Prepare() => _owners.Prepare();

    public void Dispose() => _owners.Dispose();

    private OwnedEnd Other(in FlowKey key, in OwnedEnd before) => before.IsFinal && !before.IsOfCommand ? before : Look(key);

    // Of the end that sends.
    private OwnedEnd Look(in FlowKey key)
    {
        SocketFinding found = Finding(key);
        return new OwnedEnd(found.Holder, found.IsProvisional);
    }

    private OwnedEnd Traced(in FlowKey key, long openedNs, long graceNs, in OwnedEnd before)
    {
        if (!trace!.TryFind(new FlowEnd(key.Protocol, key.Source, key.SourcePort, key.Destination, key.DestinationPort), out TracedSocket noted))
            return default;
        long endNs = EndOf(key, noted, openedNs, graceNs);
        if (endNs < openedNs)
            return default;
        (ulong, ulong) cookies = (noted.Cookie, noted.LastCookie);
        return (before.IsFinal && before.Cookies == cookies ? before : Named(key, noted)) with
        {
            Cookies = cookies,
            StartNs = _clock.AtNs(noted.CreatedNs) - InaccuracyNs,
            EndNs = endNs,
        };
    }

    private long EndOf(in FlowKey key, in TracedSocket noted, long openedNs, long graceNs)
    {
        if (noted.ClosedNs == 0)
            return long.MaxValue;
        long closedNs = _clock.AtNs(noted.ClosedNs);
        if (key.Protocol == IPPROTO_TCP)
            return closedNs + InaccuracyNs < openedNs ? 0 : _clock.AtNs(Math.Max(noted.ClosedNs, noted.LastSeenNs)) + AftermathNs;
        return closedNs + (IsFromHere(key.Reversed) ? graceNs : Math.Max(graceNs, QueuedNs));
    }

    private OwnedEnd Named(in FlowKey key, in TracedSocket noted)
    {
        SocketFinding now = Finding(key, noted.ProcessId);
        bool isSame = now.Cookie != 0 && (now.Cookie == noted.Cookie || now.Cookie == noted.LastCookie);
        if (now.Holder is not null && (isSame || now.IsProvisional))
            return new OwnedEnd(now.Holder, now.IsProvisional);
        // A thread may have another name than its process, and only that is noted.
        return new OwnedEnd(noted.ProcessId == 0 ? null : new SocketHolder(noted.ProcessId, ProcDirectory.NameOf(noted.ProcessId) ?? noted.Name, Fd: -1));
    }

    private SocketFinding Finding(in FlowKey key, int likelyProcess = 0) => _owners.Look(
        key.Protocol,
        local: KernelAddress.FromIPAddress(key.SourceAddress, key.SourcePort),
        remote: KernelAddress.FromIPAddress(key.DestinationAddress, key.DestinationPort),
        likelyProcess);
}
