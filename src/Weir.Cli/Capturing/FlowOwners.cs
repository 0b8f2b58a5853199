using Weir.Inspect;
using Weir.Inspect.Processes;
using Weir.Packets.Flows;
using Weir.Sockets;

namespace Weir.Cli.Capturing;

/// <summary>
/// Remembers whose each flow is. A flow is asked about when its first packet is seen, and again for a moment while nobody was found: the kernel
/// shows a packet before the process that it is for has its socket.
/// </summary>
internal sealed class FlowOwners(TimeProvider time) : IDisposable
{
    private const int MaxFlows = 65_536;

    // The k-th time it waits 2^k ms, six times in all: an eighth of a second. After that a second each time.
    private const int EagerTries = 6;
    private static readonly TimeSpan s_longPause = TimeSpan.FromSeconds(1);

    private readonly SocketOwners _owners = new();
    private readonly Dictionary<FlowKey, Entry> _flows = [];

    /// <summary>Who is known by now, after asking when it is time to.</summary>
    /// <param name="isSettled">Whether waiting a moment longer would be in vain.</param>
    public FlowOwner Of(in FlowKey key, out bool isSettled)
    {
        if (!_flows.TryGetValue(key, out Entry? entry))
        {
            if (_flows.Count >= MaxFlows)
                _flows.Clear();
            _flows.Add(key, entry = new Entry());
        }

        if (!entry.Owner.IsComplete && (entry.Tries == 0 || time.GetElapsedTime(entry.AskedAt) > Pause(entry.Tries)))
            Ask(key, entry);
        isSettled = entry.Tries > EagerTries || (entry.AreBothLocal ? entry.Owner.IsComplete : entry.Owner.IsKnown);
        return entry.Owner;
    }

    /// <summary>Learns whose the sockets are that there are now.</summary>
    public void Prepare() => _owners.Prepare();

    public void Forget() => _flows.Clear();

    public void Dispose() => _owners.Dispose();

    private void Ask(in FlowKey key, Entry entry)
    {
        entry.Tries++;
        entry.AskedAt = time.GetTimestamp();
        KernelAddress source = KernelAddress.FromIPAddress(key.SourceAddress, key.SourcePort);
        KernelAddress destination = KernelAddress.FromIPAddress(key.DestinationAddress, key.DestinationPort);
        if (entry.Tries == 1)
            entry.AreBothLocal = _owners.IsLocal(source) && _owners.IsLocal(destination);
        SocketHolder? sender = entry.Owner.Sender ?? _owners.Find(key.Protocol, local: source, remote: destination);
        SocketHolder? receiver = entry.Owner.Receiver ?? _owners.Find(key.Protocol, local: destination, remote: source);
        if (sender is null && receiver is null)
            return;
        entry.Owner = new FlowOwner(sender, receiver);
        _flows[key.Reversed] = new Entry
        {
            Owner = entry.Owner.Reversed,
            AreBothLocal = entry.AreBothLocal,
            Tries = entry.Tries,
            AskedAt = entry.AskedAt,
        };
    }

    private static TimeSpan Pause(int tries) => tries <= EagerTries ? TimeSpan.FromMilliseconds(1 << tries) : s_longPause;

    private sealed class Entry
    {
        public FlowOwner Owner { get; set; } = FlowOwner.Unknown;

        /// <summary>Whether each end should have an owner.</summary>
        public bool AreBothLocal { get; set; }

        public int Tries { get; set; }

        public long AskedAt { get; set; }
    }
}
