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
    private static readonly TimeSpan s_walkingBurst = TimeSpan.FromMilliseconds(50);

    // Within this time a noted flow is the command's without a second question; later somebody else may have its addresses.
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(100);

    // The kernel ends a connection on its own after its socket is closed.
    private static readonly TimeSpan s_aftermath = TimeSpan.FromMinutes(2);

    private readonly SocketOwners _owners = new(new TimeShare(time, WalkingPart, s_walkingBurst));

    public bool IsTraced => trace is not null;

    /// <summary>Whether anything can be known about packets of this protocol.</summary>
    public bool Knows(byte protocol) => IsTraced || protocol is IPPROTO_TCP or IPPROTO_UDP;

    /// <summary>Whether the sender's address is this machine's.</summary>
    public bool IsFromHere(in FlowKey key) => _owners.IsLocal(KernelAddress.FromIPAddress(key.SourceAddress, key.SourcePort));

    /// <summary>The sender's end, and that of the receiver.</summary>
    public (OwnedEnd Sender, OwnedEnd Receiver) Find(in FlowKey key)
    {
        FlowKey back = key.Reversed;
        if (trace is null)
            return (Look(key), Look(back));
        OwnedEnd? sender = Traced(key);
        OwnedEnd? receiver = Traced(back);
        // Whose the others are is no matter.
        return sender is null && receiver is null ? default : (sender ?? Look(key), receiver ?? Look(back));
    }

    /// <summary>Learns whose the sockets are that there are now.</summary>
    public void Prepare() => _owners.Prepare();

    public void Dispose() => _owners.Dispose();

    // Of the end that sends.
    private OwnedEnd Look(in FlowKey key)
    {
        SocketFinding found = Finding(key);
        return new OwnedEnd(found.Holder, found.IsProvisional);
    }

    private OwnedEnd? Traced(in FlowKey key)
    {
        if (!trace!.TryFind(new FlowEnd(key.Protocol, key.Source, key.SourcePort, key.Destination, key.DestinationPort), out TracedSocket noted))
            return null;
        SocketFinding now = Finding(key, noted.ProcessId);
        bool isSame = now.Cookie != 0 && (now.Cookie == noted.Cookie || now.Cookie == noted.LastCookie);
        // Both clocks are CLOCK_MONOTONIC in nanoseconds.
        TimeSpan age = TimeProvider.System.GetElapsedTime(noted.LastSeenNs);
        if (age > s_fresh && !isSame && (now.Cookie != 0 || age > s_aftermath))
            return null;
        if (now.Holder is not null && (isSame || now.IsProvisional))
            return new OwnedEnd(now.Holder, now.IsProvisional, IsOfCommand: true);
        SocketHolder? creator = noted.ProcessId == 0 ? null : new SocketHolder(noted.ProcessId, noted.Name, Fd: -1);
        return new OwnedEnd(creator, IsOfCommand: true);
    }

    private SocketFinding Finding(in FlowKey key, int likelyProcess = 0) => _owners.Look(
        key.Protocol,
        local: KernelAddress.FromIPAddress(key.SourceAddress, key.SourcePort),
        remote: KernelAddress.FromIPAddress(key.DestinationAddress, key.DestinationPort),
        likelyProcess);
}
