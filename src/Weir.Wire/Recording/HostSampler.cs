using System.Net;
using Weir.Packets.Timelines;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// Compares a host's TCP sockets and counters with what they were, and keeps what has changed. It asks for one socket after the other (sock_diag(7)):
/// the whole table is a walk through a large hash. For one thread at a time.
/// </summary>
internal sealed class HostSampler : IDisposable
{
    private const int MaxSockets = 1024;
    private const string Closed = "CLOSED";

    // A segment that came may be before its socket.
    private const int MaxInVain = 16;
    private const long RestNs = 1_000_000_000;

    // They count every packet, which the drawing shows anyway.
    private static readonly string[] s_traffic = ["InSegs", "OutSegs", "InReceives", "InDelivers", "OutRequests", "Octets", "Pkts", "OutTransmits"];

    private readonly int _participant;
    private readonly Host _host;
    private readonly SockDiag _sockets;
    private readonly Dictionary<SocketPair, FollowedSocket> _followed = [];
    private readonly List<(SocketPair? Socket, TimelineEvent Event)> _changes = [];
    private readonly CounterFiles _files;
    private HostCounters? _counters;
    private bool _hasFailed;

    public HostSampler(Host host, int participant)
    {
        _participant = participant;
        _host = host;
        _sockets = host.Run(static () => new SockDiag());
        _files = new CounterFiles(host.ThreadId);
    }

    /// <summary>How many sockets are asked for.</summary>
    public int Followed => _followed.Count;

    /// <summary>How often one was asked for.</summary>
    public long Asked { get; private set; }

    /// <summary>How many changes there was no room for.</summary>
    public long LeftOut { get; private set; }

    /// <summary>From now on the socket with these addresses is looked at, until it is gone. What merely passes through the host has none.</summary>
    public void Follow(IPAddress local, int localPort, IPAddress remote, int remotePort)
    {
        if (local.IsIPv6LinkLocal || _host.Interfaces.Any(device => device.Addresses.Any(own => own.Address.Equals(local))))
            Follow(new SocketPair(KernelAddress.FromIPAddress(local, localPort), KernelAddress.FromIPAddress(remote, remotePort)));
    }

    /// <summary>From now on the listener on this address is looked at.</summary>
    public void FollowListener(KernelAddress local) =>
        Follow(new SocketPair(local, KernelAddress.FromIPAddress(local.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port: 0)));

    /// <summary>Keeps what has changed since the last time.</summary>
    public void Sample(long timeNs, bool withCounters)
    {
        foreach ((SocketPair pair, FollowedSocket socket) in _followed.ToArray())
        {
            if (timeNs >= socket.RestsUntilNs)
                Look(pair, socket, timeNs);
        }

        if (withCounters)
            CompareCounters(timeNs);
    }

    /// <summary>What has changed since the beginning, with names that tell apart all the sockets that were seen.</summary>
    public IEnumerable<TimelineEvent> Events()
    {
        var names = new SocketNames(_changes.Select(change => change.Socket).OfType<SocketPair>());
        return _changes.Select(change => (change.Socket, change.Event) switch
        {
            ({ } socket, StateEvent state) => state with { From = state.From is { } from ? names.Of(from, socket) : null, To = names.Of(state.To, socket) },
            ({ } socket, QueueEvent queue) => queue with { Queue = names.Of(queue.Queue, socket) },
            _ => change.Event,
        });
    }

    public void Dispose() => _sockets.Dispose();

    private void Follow(SocketPair pair)
    {
        if (_followed.TryGetValue(pair, out FollowedSocket? socket))
        {
            (socket.InVain, socket.RestsUntilNs) = (0, 0);
            return;
        }

        if (_followed.Count == MaxSockets && _followed.FirstOrDefault(each => each.Value.RestsUntilNs > 0) is { Value: not null } resting)
            _followed.Remove(resting.Key);
        if (_followed.Count < MaxSockets)
            _followed.Add(pair, new FollowedSocket());
    }

    private void Look(SocketPair pair, FollowedSocket socket, long timeNs)
    {
        Asked++;
        SocketEntry? before = socket.Entry;
        SocketEntry? now = _sockets.Find(IPPROTO_TCP, pair.Local, pair.Remote);
        // While it has no socket of its own, the listener's is found in its place.
        if (!pair.IsListener && now is { State: TcpState.Listen })
            now = null;
        if (before != now)
            Compare(pair, before, now, timeNs);
        socket.Entry = now;
        // A segment ends that state, or else a minute.
        socket.RestsUntilNs = now is { State: TcpState.TimeWait } ? timeNs + RestNs : 0;
        if (now is null && (before is not null || ++socket.InVain == MaxInVain))
            _followed.Remove(pair);
    }

    private void Compare(SocketPair pair, SocketEntry? before, SocketEntry? now, long timeNs)
    {
        if (before?.State != now?.State)
        {
            Add(pair, new StateEvent
            {
                TimeNs = timeNs,
                Participant = _participant,
                From = before is { } old ? TextOf(old.State) : null,
                To = now is { } current ? TextOf(current.State) : Closed,
            });
        }

        // Of a listener they count connections, and of what is closed nothing.
        if (pair.IsListener || now is not { } entry)
            return;
        CompareQueue(pair, "send queue", before?.SendQueueBytes ?? 0, entry.SendQueueBytes, timeNs);
        CompareQueue(pair, "receive queue", before?.ReceiveQueueBytes ?? 0, entry.ReceiveQueueBytes, timeNs);
    }

    private void CompareQueue(SocketPair pair, string name, uint before, uint now, long timeNs)
    {
        if (before != now)
            Add(pair, new QueueEvent { TimeNs = timeNs, Participant = _participant, Queue = name, DepthBytes = now });
    }

    private void CompareCounters(long timeNs)
    {
        HostCounters counters;
        try
        {
            counters = _files.Read(withIPv6: false);
        }
        catch (IOException error) // The host is gone, or there are no descriptors left: sockets are closed all the same.
        {
            if (!_hasFailed)
                Add(socket: null, new NoteEvent { TimeNs = timeNs, Participant = _participant, Text = $"counters are missing: {error.Message}" });
            _hasFailed = true;
            return;
        }

        if (counters == _counters)
            return;
        if (_counters is not null)
        {
            foreach ((string name, long delta) in counters.Since(_counters).Where(each => !s_traffic.Any(word => each.Key.Contains(word, StringComparison.Ordinal))))
                Add(socket: null, new CounterEvent { TimeNs = timeNs, Participant = _participant, Counter = name, Delta = delta });
        }

        _counters = counters;
    }

    private void Add(SocketPair? socket, TimelineEvent change)
    {
        if (_changes.Count < TimelineBuilder.MaxEvents)
            _changes.Add((socket, change));
        else
            LeftOut++;
    }

    private static string TextOf(TcpState state) => state switch
    {
        TcpState.Established => "ESTABLISHED",
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived => "SYN_RECV",
        TcpState.FinWait1 => "FIN_WAIT1",
        TcpState.FinWait2 => "FIN_WAIT2",
        TcpState.TimeWait => "TIME_WAIT",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        TcpState.Listen => "LISTEN",
        TcpState.Closing => "CLOSING",
        _ => Closed,
    };
}
