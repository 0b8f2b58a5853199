using System.Globalization;
using System.Net;
using Weir.Packets.Timelines;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// Compares a host's TCP sockets and counters with what they were, and tells what has changed. It asks for one socket after the other (sock_diag(7)):
/// the whole table is a walk through a large hash. For one thread at a time.
/// </summary>
internal sealed class HostSampler : IDisposable
{
    private const int MaxSockets = 1024;
    private const string Closed = "CLOSED";

    // They count every packet, which the drawing shows anyway.
    private static readonly string[] s_traffic = ["InSegs", "OutSegs", "InReceives", "InDelivers", "OutRequests", "Octets", "Pkts", "OutTransmits"];

    private readonly int _participant;
    private readonly SockDiag _sockets;
    private readonly Dictionary<(KernelAddress Local, KernelAddress Remote), SocketEntry?> _known = [];
    private readonly CounterFiles _files;
    private HostCounters? _counters;

    public HostSampler(Host host, int participant)
    {
        _participant = participant;
        _sockets = host.Run(static () => new SockDiag());
        _files = new CounterFiles(host.ThreadId);
    }

    /// <summary>From now on the socket with these addresses is looked at.</summary>
    public void Follow(KernelAddress local, KernelAddress remote)
    {
        if (_known.Count < MaxSockets)
            _known.TryAdd((local, remote), null);
    }

    /// <summary>From now on the listener on this address is looked at.</summary>
    public void FollowListener(KernelAddress local) =>
        Follow(local, KernelAddress.FromIPAddress(local.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port: 0));

    /// <summary>What has changed since the last time.</summary>
    public IEnumerable<TimelineEvent> Changes(long timeNs, bool withCounters)
    {
        List<TimelineEvent> events = [];
        foreach ((KernelAddress local, KernelAddress remote) in _known.Keys.ToArray())
        {
            SocketEntry? before = _known[(local, remote)];
            SocketEntry? now = _sockets.Find(IPPROTO_TCP, local, remote);
            // While it has no socket of its own, the listener's is found in its place.
            if (remote.Port != 0 && now is { State: TcpState.Listen })
                now = null;
            if (before == now)
                continue;
            _known[(local, remote)] = now;
            Compare(local, remote, before, now, events, timeNs);
        }

        if (withCounters)
            CompareCounters(events, timeNs);
        return events;
    }

    public void Dispose() => _sockets.Dispose();

    private void Compare(KernelAddress local, KernelAddress remote, SocketEntry? before, SocketEntry? now, List<TimelineEvent> events, long timeNs)
    {
        string NameOf(string what) => Named(what, local, remote);

        if (before?.State != now?.State)
        {
            events.Add(new StateEvent
            {
                TimeNs = timeNs,
                Participant = _participant,
                From = before is { } old ? NameOf(TextOf(old.State)) : null,
                To = NameOf(now is { } current ? TextOf(current.State) : Closed),
            });
        }

        // Of a listener they count connections, and of what is closed nothing.
        if (remote.Port == 0 || now is not { } entry)
            return;
        AddQueue(NameOf("send queue"), before?.SendQueueBytes ?? 0, entry.SendQueueBytes, events, timeNs);
        AddQueue(NameOf("receive queue"), before?.ReceiveQueueBytes ?? 0, entry.ReceiveQueueBytes, events, timeNs);
    }

    private void AddQueue(string name, uint before, uint now, List<TimelineEvent> events, long timeNs)
    {
        if (before != now)
            events.Add(new QueueEvent { TimeNs = timeNs, Participant = _participant, Queue = name, DepthBytes = now });
    }

    private void CompareCounters(List<TimelineEvent> events, long timeNs)
    {
        HostCounters counters = _files.Read(withIPv6: false);
        if (counters == _counters)
            return;
        if (_counters is not null)
        {
            foreach ((string name, long delta) in counters.Since(_counters).Where(each => !s_traffic.Any(word => each.Key.Contains(word, StringComparison.Ordinal))))
                events.Add(new CounterEvent { TimeNs = timeNs, Participant = _participant, Counter = name, Delta = delta });
        }

        _counters = counters;
    }

    // With one connection there is nothing to tell apart.
    private string Named(string what, KernelAddress local, KernelAddress remote) =>
        remote.Port != 0 && _known.Keys.Count(key => key.Remote.Port != 0) > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{what} :{local.Port}–:{remote.Port}")
            : what;

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
