using Weir.Packets.Flows;

namespace Weir.Cli.Capturing;

/// <summary>
/// Remembers whose each flow is. A flow is asked about when its first packet is seen, and again for a moment while nobody was found: the kernel
/// shows a packet before the process that it is for has its socket. After a pause it is asked about anew, as others may have its addresses then.
/// </summary>
internal sealed class FlowOwners(TimeProvider time, EndFinder ends) : IDisposable
{
    private const int MaxFlows = 65_536;

    // The k-th time it waits 2^k ms, six times in all: an eighth of a second. After that a second each time.
    private const int EagerTries = 6;

    // What is no traced command's after so many is nobody's: 14 ms.
    private const int TracedTries = 4;

    // A connection that nobody accepts stays its listener's.
    private const int MaxTries = 30;

    // Between two batches of frames, so that many flows that are used rarely don't cost more than those that are used often.
    private const int MaxRenewals = 256;

    private const long IdleNs = 200_000_000;
    private const long ForgottenNs = 10_000_000_000;
    private static readonly TimeSpan s_longPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<FlowKey, Entry> _flows = [];
    private readonly int _eagerTries = ends.IsTraced ? TracedTries : EagerTries;
    private int _renewals;

    /// <summary>Who is known by now, after asking when it is time to.</summary>
    /// <param name="key">The flow.</param>
    /// <param name="timestampNs">When the packet was captured.</param>
    /// <param name="isSettled">Whether waiting a moment longer would be in vain.</param>
    public FlowOwner Of(in FlowKey key, long timestampNs, out bool isSettled)
    {
        if (!_flows.TryGetValue(key, out Entry? entry))
        {
            entry = new Entry { SeenNs = timestampNs };
            Keep(key, entry);
        }

        Renew(key, entry, timestampNs);
        if (!entry.IsFinal && entry.Tries < MaxTries && (entry.Tries == 0 || time.GetElapsedTime(entry.AskedAt) > Pause(entry.Tries)))
            Ask(key, entry, isTry: true);
        if (timestampNs > entry.HoldsUntilNs)
            Ask(key, entry, isTry: false);
        isSettled = entry.IsFinal || entry.Tries > _eagerTries;
        if (timestampNs > entry.EndNs)
            return AfterTheEnd(key, timestampNs);
        return timestampNs >= entry.StartNs ? entry.Owner : FlowOwner.Unknown;
    }

    /// <summary>How many flows it remembers, each direction by itself.</summary>
    internal int Count => _flows.Count;

    /// <summary>A batch of frames begins.</summary>
    public void Advance() => _renewals = 0;

    /// <summary>A connection begins. It is another one than before if its sequence number is another one, and nothing is known about it.</summary>
    public void Open(in FlowKey key, long timestampNs, uint sequence)
    {
        // Sent again, or seen on a second interface.
        if (_flows.TryGetValue(key, out Entry? entry) && entry.Sequence == sequence)
            return;
        Keep(key, new Entry { SeenNs = timestampNs, Sequence = sequence, OpenedNs = timestampNs });
        Keep(key.Reversed, new Entry { SeenNs = timestampNs, OpenedNs = timestampNs });
    }

    /// <summary>Whether anything can be known about packets of this protocol.</summary>
    public bool Knows(byte protocol) => ends.Knows(protocol);

    /// <summary>Whether an answer may be given again a moment later. A traced command's holds for one moment.</summary>
    public bool MayRecall => !ends.IsTraced;

    /// <summary>Learns whose the sockets are that there are now.</summary>
    public void Prepare() => ends.Prepare();

    public void Forget() => _flows.Clear();

    public void Dispose() => ends.Dispose();

    // Frames that were held come a second time, after younger ones.
    private void Renew(in FlowKey key, Entry entry, long timestampNs)
    {
        long idleNs = timestampNs - entry.SeenNs;
        if (idleNs > IdleNs)
        {
            if (_renewals >= MaxRenewals)
                return;
            _renewals++;
            if (idleNs > ForgottenNs)
                entry.Forget();
            Ask(key, entry, isTry: true);
        }

        entry.SeenNs = Math.Max(entry.SeenNs, timestampNs);
    }

    // Somebody else has the addresses now, and what comes back is theirs too.
    private FlowOwner AfterTheEnd(in FlowKey key, long timestampNs)
    {
        if (_flows.TryGetValue(key.Reversed, out Entry? back) && back.EndNs > timestampNs)
            back.EndNs = timestampNs;
        return FlowOwner.Unknown;
    }

    private void Ask(in FlowKey key, Entry entry, bool isTry)
    {
        if (isTry)
            (entry.Tries, entry.AskedAt) = (entry.Tries + 1, time.GetTimestamp());
        entry.HoldsUntilNs = ends.HoldsUntilNs;
        (OwnedEnd sender, OwnedEnd receiver) = ends.Find(key, entry.OpenedNs, (entry.Sender, entry.Receiver));
        bool isFromHere = ends.IsFromHere(key);
        bool isToHere = ends.IsFromHere(key.Reversed);
        // Who is gone meanwhile was the owner of what is on its way still.
        entry.Learn(sender.IsKnown ? sender : entry.Sender, receiver.IsKnown ? receiver : entry.Receiver);
        entry.IsFinal = (entry.Sender.IsFinal || !isFromHere) && (entry.Receiver.IsFinal || !isToHere);
        // An end that is traced may have another limit for what comes than for what leaves.
        if (!entry.Owner.IsKnown || ends.IsTraced)
            return;
        var reversed = new Entry
        {
            IsFinal = entry.IsFinal,
            Tries = entry.Tries,
            AskedAt = entry.AskedAt,
            SeenNs = entry.SeenNs,
            OpenedNs = entry.OpenedNs,
            HoldsUntilNs = entry.HoldsUntilNs,
            Sequence = _flows.GetValueOrDefault(key.Reversed)?.Sequence,
        };
        reversed.Learn(entry.Receiver, entry.Sender);
        Keep(key.Reversed, reversed);
    }

    private void Keep(in FlowKey key, Entry entry)
    {
        if (_flows.Count >= MaxFlows)
            _flows.Clear();
        _flows[key] = entry;
    }

    private static TimeSpan Pause(int tries) => tries <= EagerTries ? TimeSpan.FromMilliseconds(1 << tries) : s_longPause;

    private sealed class Entry
    {
        public FlowOwner Owner { get; private set; } = FlowOwner.Unknown;

        public OwnedEnd Sender { get; private set; }

        public OwnedEnd Receiver { get; private set; }

        /// <summary>Whether each end that is on this machine has its owner.</summary>
        public bool IsFinal { get; set; }

        /// <summary>Up to which moment's packets it is known; those later ask anew.</summary>
        public long HoldsUntilNs { get; set; }

        /// <summary>Earlier packets are others'.</summary>
        public long StartNs { get; private set; }

        /// <summary>Later packets are others'.</summary>
        public long EndNs { get; set; } = long.MaxValue;

        /// <summary>When its connection was opened; 0 when nobody has seen it.</summary>
        public long OpenedNs { get; init; }

        public int Tries { get; set; }

        public long AskedAt { get; set; }

        /// <summary>When its last packet came, in ns since 1970.</summary>
        public long SeenNs { get; set; }

        /// <summary>That of the segment which opened the connection.</summary>
        public uint? Sequence { get; init; }

        private bool IsOfCommand => Sender.IsOfCommand || Receiver.IsOfCommand;

        public void Learn(OwnedEnd sender, OwnedEnd receiver)
        {
            if (sender == Sender && receiver == Receiver)
                return;
            (Sender, Receiver) = (sender, receiver);
            if (IsOfCommand)
            {
                StartNs = Math.Min(sender.IsOfCommand ? sender.StartNs : long.MaxValue, receiver.IsOfCommand ? receiver.StartNs : long.MaxValue);
                EndNs = Math.Max(sender.EndNs, receiver.EndNs);
            }

            Owner = new FlowOwner(sender.Holder, receiver.Holder) { IsOfCommand = IsOfCommand };
        }

        public void Forget() => (Sender, Receiver, Owner, Tries, StartNs, EndNs) = (default, default, FlowOwner.Unknown, 0, 0, long.MaxValue);
    }
}
