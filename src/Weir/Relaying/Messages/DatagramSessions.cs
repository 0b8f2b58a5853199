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
    private readonly CancellationTokenSource _ended = new();

    public DatagramRelay Relay => relay;

    public async Task RunAsync()
    {
        Task sweeping = SweepAsync();
        while (await front.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (TryPassOn(batch[i], out Conversation who, out KernelAddress local))
                    continue;
                if (await relay.OpenAsync(this, front, who, local).ConfigureAwait(false) is { } session)
                {
                    _sessions[who] = session;
                    session.Start();
                    if (TryPassOn(batch[i], out _, out _))
                        continue;
                }

                relay.Traffic.CountDropped(1);
            }

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
        while (!_sessions.IsEmpty && !front.Closed.IsCompleted && await timer.WaitForNextTickAsync().ConfigureAwait(false))
            CloseIdle(s_lastAnswers < relay.IdleTimeout ? s_lastAnswers : relay.IdleTimeout);
        foreach ((_, DatagramSession session) in _sessions)
            session.Close();
        await _ended.CancelAsync().ConfigureAwait(false);
    }
}
