using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>Who speaks with whom.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Local">Which of our addresses it speaks to; the default value when there is one.</param>
internal readonly record struct Conversation(KernelAddress Peer, KernelAddress Local);

/// <summary>One peer of a datagram relay, and its own socket towards the backend.</summary>
internal sealed class DatagramSession
{
    private const int DropCheckIntervalMs = 1000;

    private readonly DatagramSessions _sessions;
    private readonly DatagramChannel _front;
    private readonly KernelAddress _local;
    private readonly Backend _backend;
    private DatagramChannel _back = null!;
    private OutgoingDatagrams? _outgoing;
    private long _countedDrops;
    private long _nextDropCheckMs;
    private long _lastMoved = TimeProvider.System.GetTimestamp();
    private volatile bool _isOver;

    public DatagramSession(DatagramSessions sessions, DatagramChannel front, Conversation who, KernelAddress local, Backend backend)
    {
        (_sessions, _front, Who, _local, _backend) = (sessions, front, who, local, backend);
        CanAnswer = !who.Peer.Bytes.IsEmpty && !who.Peer.IsUnnamed;
    }

    public Conversation Who { get; }

    public bool IsOver => _isOver;

    public TimeSpan IdleTime => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastMoved));

    // A unix socket without a name cannot be answered.
    private bool CanAnswer { get; }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var options = new DatagramOptions { OnError = OnError };
        _back = await DatagramChannel.ConnectAsync(_backend.Url, options, _front.Loop, cancellationToken).ConfigureAwait(false);
        if (!DescriptorReserve.Has(_back.Socket.Fd.Number))
            return;
        await _back.CloseAsync().ConfigureAwait(false);
        throw new SocketCallException("connect", Errno.EMFILE, _backend.Url.ToString());
    }

    /// <summary>Begins to pass answers on; the sessions have this one from now until its end.</summary>
    public void Start()
    {
        _backend.Enter();
        _ = AnswerAsync();
    }

    /// <summary>Adds a datagram to those that go to the backend.</summary>
    /// <returns>Whether it is the first since <see cref="Send"/>.</returns>
    public bool Add(ReadOnlySpan<byte> datagram)
    {
        bool isFirst = _outgoing is null;
        _outgoing ??= DatagramBuffers.RentOutgoing();
        if (!_back.TryCollect(_outgoing, datagram))
        {
            SendNow();
            _back.TryCollect(_outgoing, datagram);
        }

        return isFirst;
    }

    public void Send()
    {
        if (_outgoing is null)
            return;
        SendNow();
        DatagramBuffers.Return(_outgoing);
        _outgoing = null;
    }

    /// <summary>The next datagram of the peer begins another session.</summary>
    public void Close()
    {
        _isOver = true;
        _ = _back.CloseAsync();
    }

    private void SendNow()
    {
        Touch();
        (int dropped, long bytes) = _back.SendNow(_outgoing!);
        _sessions.Relay.Traffic.CountTo(bytes);
        if (dropped > 0)
            _sessions.Relay.Traffic.CountDropped(dropped);
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (await _back.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } batch)
            {
                Answer(batch);
                if (Environment.TickCount64 >= _nextDropCheckMs)
                    CountDrops();
            }
        }
        finally
        {
            _isOver = true;
            await _back.CloseAsync().ConfigureAwait(false);
            CountDrops();
            _backend.Leave();
            _sessions.Remove(this);
        }
    }

    private void Answer(ReceivedDatagrams batch)
    {
        Touch();
        if (!CanAnswer)
        {
            _sessions.Relay.Traffic.CountDropped(batch.Count);
            return;
        }

        OutgoingDatagrams answers = DatagramBuffers.RentOutgoing();
        foreach (ReceivedDatagram datagram in batch)
        {
            if (datagram.IsTruncated)
                _sessions.Relay.OnTruncated(datagram.FullLengthBytes);
            if (_front.TryCollect(answers, datagram.Bytes, Who.Peer, _local))
                continue;
            SendAnswers(answers);
            _front.TryCollect(answers, datagram.Bytes, Who.Peer, _local);
        }

        SendAnswers(answers);
        DatagramBuffers.Return(answers);
    }

    private void SendAnswers(OutgoingDatagrams answers)
    {
        (int dropped, long bytes) = _front.SendNow(answers);
        _sessions.Relay.Traffic.CountBack(bytes);
        if (dropped > 0)
            _sessions.Relay.Traffic.CountDropped(dropped);
    }

    // Nobody is there: the next datagram of this peer begins a session with the next backend.
    private void OnError(DatagramError error)
    {
        if (error.Errno is not (Errno.ECONNREFUSED or Errno.ECONNRESET or Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.ENOENT or Errno.ENOTCONN))
            return;
        _sessions.Relay.OnRefused(_backend, error.Errno.ToString());
        Close();
    }

    // What the kernel counts goes with the socket.
    private void CountDrops()
    {
        _nextDropCheckMs = Environment.TickCount64 + DropCheckIntervalMs;
        long dropped = _back.DroppedDatagrams;
        _sessions.Relay.Traffic.CountDroppedInReceiveBuffer(dropped - _countedDrops);
        _countedDrops = dropped;
    }

    private void Touch() => Volatile.Write(ref _lastMoved, TimeProvider.System.GetTimestamp());
}
