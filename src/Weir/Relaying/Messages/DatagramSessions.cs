using System.Collections.Concurrent;
using Weir.Sockets;

namespace Weir;

/// <summary>The sessions of one bound socket, by peer.</summary>
internal sealed class DatagramSessions(DatagramRelay relay, DatagramChannel front)
{
    // After the end of the input, for answers that are still on their way.
    private static readonly TimeSpan s_lastAnswers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_shortestSweep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestSweep = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Conversation, DatagramSession> _sessions = new();
    // Who asked one address of a host expects the answer from it (IP_PKTINFO).
    private readonly bool _hasManyAddresses = front.LocalAddress.IsIP && !front.LocalAddress.AddressBytes.ContainsAnyExcept((byte)0);
    private readonly List<DatagramSession> _written = [];
    private readonly Lock _openingLock = new();
    private readonly Dictionary<Conversation, WaitingDatagrams> _opening = [];
    private readonly CancellationTokenSource _ended = new();

    public DatagramRelay Relay => relay;

    public async Task RunAsync()
    {
        Task sweeping = SweepAsync();
        while (await front.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } batch)
        {
            for (int i = 0; i < batch.Count; i++)
                TakeIn(batch[i]);
            foreach (DatagramSession session in _written)
                session.Send();
            _written.Clear();
        }

        await EndAsync().ConfigureAwait(false);
        await sweeping.ConfigureAwait(false);
    }

    /// <summary>The session has ended, and may have a successor already.</summary>
    public void Remove(DatagramSession session)
    {
        _sessions.TryRemove(KeyValuePair.Create(session.Who, session));
        relay.Traffic.Leave();
    }

    private void TakeIn(ReceivedDatagram datagram)
    {
        if (TryPassOn(datagram, out Conversation who, out KernelAddress local))
            return;
        if (datagram.IsTruncated)
            relay.OnTruncated(datagram.FullLengthBytes);
        lock (_openingLock)
        {
            if (_opening.TryGetValue(who, out WaitingDatagrams? others))
            {
                if (!others.TryAdd(datagram.Bytes))
                    relay.Traffic.CountDropped(1);
                return;
            }
        }

        // It may have been opened between the two looks.
        if (TryPassOn(datagram, out _, out local))
            return;
        var waiting = new WaitingDatagrams();
        if (!waiting.TryAdd(datagram.Bytes))
            relay.Traffic.CountDropped(1);
        lock (_openingLock)
            _opening[who] = waiting;
        // Done when this returns, unless a name has to be looked up: that no other peer waits for.
        _ = OpenAsync(who, local, waiting);
    }

    private async Task OpenAsync(Conversation who, KernelAddress local, WaitingDatagrams waiting)
    {
        DatagramSession? session = null;
        try
        {
            session = await relay.OpenAsync(this, front, who, local, _ended.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_openingLock)
            {
                // The receiving side sees it afterwards, so that only one of the two adds to it, and order is kept.
                if (session is not null)
                    Publish(session, waiting);
                else
                    relay.Traffic.CountDropped(waiting.Datagrams.Count);
                _opening.Remove(who);
            }
        }

        session?.Start();
    }

    private void Publish(DatagramSession session, WaitingDatagrams waiting)
    {
        foreach (byte[] datagram in waiting.Datagrams)
            session.Add(datagram);
        session.Send();
        _sessions[session.Who] = session;
        if (_ended.IsCancellationRequested)
            session.Close();
    }

    private bool IsOpening()
    {
        lock (_openingLock)
            return _opening.Count > 0;
    }

    private bool TryPassOn(ReceivedDatagram datagram, out Conversation who, out KernelAddress local)
    {
        who = new Conversation(datagram.Peer, _hasManyAddresses ? datagram.LocalAddress : default);
        bool isKnown = _sessions.TryGetValue(who, out DatagramSession? session) && !session.IsOver;
        local = isKnown ? default : datagram.LocalAddress;
        if (!isKnown)
            return false;
        if (datagram.IsTruncated)
            relay.OnTruncated(datagram.FullLengthBytes);
        if (session!.Add(datagram.Bytes))
            _written.Add(session);
        return true;
    }

    private async Task SweepAsync()
    {
        TimeSpan interval = relay.IdleTimeout / 4;
        interval = interval < s_shortestSweep ? s_shortestSweep : interval > s_longestSweep ? s_longestSweep : interval;
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false))
                CloseIdle(relay.IdleTimeout);
        }
        catch (OperationCanceledException)
        {
            // The socket has ended.
        }
    }

    private void CloseIdle(TimeSpan limit)
    {
        foreach ((_, DatagramSession session) in _sessions)
        {
            if (session.IdleTime >= limit)
                session.Close();
        }
    }

    // What is under way finishes: a session goes on while answers come.
    private async Task EndAsync()
    {
        using var timer = new PeriodicTimer(s_lastAnswers / 4);
        while ((!_sessions.IsEmpty || IsOpening()) && !front.Closed.IsCompleted && await timer.WaitForNextTickAsync().ConfigureAwait(false))
            CloseIdle(s_lastAnswers < relay.IdleTimeout ? s_lastAnswers : relay.IdleTimeout);
        // What is opened later sees it, and closes itself.
        await _ended.CancelAsync().ConfigureAwait(false);
        foreach ((_, DatagramSession session) in _sessions)
            session.Close();
    }
}
