namespace Weir;

/// <summary>
/// Who may send on a connection. One thread at a time is in; what comes while it is in is noted, and the one who leaves
/// hands it to the loop.
/// </summary>
internal struct SendGate
{
    private const int Idle = 0;
    private const int Sending = 1;
    private const int Queued = 2;
    private const int ClosedForGood = 3;
    private const int SendingNoted = 4;

    private int _state;

    public readonly bool IsIdle => Volatile.Read(in _state) == Idle;

    public readonly bool IsQueued => Volatile.Read(in _state) == Queued;

    public readonly bool IsClosed => Volatile.Read(in _state) == ClosedForGood;

    /// <summary>Idle to sending: nothing is queued and nobody else sends.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Sending, Idle) == Idle;

    /// <summary>Queued to sending: the loop takes what waits.</summary>
    public bool TryEnterQueued() => Interlocked.CompareExchange(ref _state, Sending, Queued) == Queued;

    /// <summary>Sending to idle. False: something was queued meanwhile, or the gate was closed.</summary>
    public bool TryLeave() => Interlocked.CompareExchange(ref _state, Idle, Sending) == Sending;

    /// <summary>Sending to queued: the loop goes on. False when the gate was closed.</summary>
    public bool LeaveQueued() =>
        Interlocked.CompareExchange(ref _state, Queued, Sending) == Sending
        || Interlocked.CompareExchange(ref _state, Queued, SendingNoted) == SendingNoted;

    /// <summary>Tells whoever is in that there is more; false when nobody is in and nothing is queued.</summary>
    public bool TryNote() => Interlocked.CompareExchange(ref _state, SendingNoted, Sending) != Idle;

    public void Close() => Volatile.Write(ref _state, ClosedForGood);
}
