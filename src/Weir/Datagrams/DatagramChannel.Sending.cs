using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

public sealed partial class DatagramChannel
{
    // What IPv6 promises of every route is 1,280 bytes with headers (RFC 8200): shorter datagrams are too long for none.
    private const int BytesThatFitEverywhere = 1_200;

    // The longest datagrams that are joined; 0 for none.
    private int _joinLimitBytes;
    private OutgoingDatagrams? _outgoing;
    private TurnShare _sendShare = new(calls: 8);
    private RetryTimer? _retry;
    private SocketCallException? _refusal;

    /// <summary>Adds a datagram to those that the next flush sends.</summary>
    /// <param name="datagram">Copied. May be empty: that is a datagram too.</param>
    /// <param name="to">The receiver; the default value on a connected channel.</param>
    /// <param name="from">The address of ours to send from, such as <see cref="ReceivedDatagram.LocalAddress"/>; the default value leaves it to the kernel.</param>
    /// <returns>False when the batch is full, and the datagram is to be added again after a flush.</returns>
    /// <exception cref="ArgumentException">The datagram is longer than any may be (262,144 bytes).</exception>
    public bool TryWrite(ReadOnlySpan<byte> datagram, in KernelAddress to = default, in KernelAddress from = default)
    {
        if (datagram.Length > OutgoingDatagrams.CapacityBytes)
            throw new ArgumentException($"A datagram of {datagram.Length} bytes is longer than any may be ({OutgoingDatagrams.CapacityBytes}).", nameof(datagram));
        _outgoing ??= DatagramBuffers.RentOutgoing();
        return _outgoing.TryAdd(datagram, to, from, joins: datagram.Length <= _joinLimitBytes);
    }

    /// <summary>
    /// Hands what was written to the kernel, in order, and waits while its buffer, or the unix receiver's queue, is full. A datagram that the kernel
    /// refuses is dropped, and the others are sent all the same.
    /// </summary>
    /// <exception cref="SocketCallException">A datagram was refused (the first one's error), unless <see cref="DatagramOptions.OnError"/> gets to know it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while the flush waited; what is left is dropped.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_outgoing is null || _outgoing.IsEmpty)
            return default;
        if (!_sendShare.IsUsedUp(Loop))
        {
            SysResult sent = _outgoing.Send(Socket, first: 0);
            if (sent.IsOk && sent.Value == _outgoing.Count)
            {
                CountSent(_outgoing, 0, sent.Value);
                ReturnOutgoing();
                return default;
            }

            return FlushRestAsync(_outgoing, sent, cancellationToken);
        }

        return FlushRestAsync(_outgoing, new SysResult(0), cancellationToken);
    }

    /// <summary>
    /// Sends a run of datagrams of one size from the caller's own memory, without copying it, after what was written before. The rest is as with
    /// <see cref="FlushAsync"/>.
    /// </summary>
    /// <param name="datagrams">One datagram after the other; left alone until the task ends.</param>
    /// <param name="datagramBytes">The size of each, at least 1; the last may be shorter.</param>
    /// <param name="to">The receiver; the default value on a connected channel.</param>
    /// <param name="cancellationToken">Ends the waiting; what is left is dropped.</param>
    public async ValueTask SendAsync(
        ReadOnlyMemory<byte> datagrams, int datagramBytes, KernelAddress to = default, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(datagramBytes, 1);
        SocketCallException? refusal = await TryFlushAsync(cancellationToken).ConfigureAwait(false);
        using MemoryHandle pinned = datagrams.Pin();
        for (int sent = 0; sent < datagrams.Length;)
        {
            sent += AddRun(pinned, sent, datagrams.Length - sent, datagramBytes, to);
            SocketCallException? refused = await TryFlushAsync(cancellationToken).ConfigureAwait(false);
            refusal ??= refused;
        }

        if (refusal is not null)
            throw refusal;
    }

    /// <summary>Sends one datagram now or says why not: EAGAIN when the kernel's buffer, or the unix receiver's queue, is full. From any thread.</summary>
    public SysResult TrySend(ReadOnlySpan<byte> datagram, in KernelAddress to = default)
    {
        SysResult sent = SendOne(datagram, to);
        // What ICMP says of an earlier datagram has a peer of its own, and is told with it.
        if (!sent.IsOk && _options.TellsErrors && sent.Errno is not Errno.EAGAIN && (ReportQueuedErrors() > 0 || IsNeverOwn(sent.Errno)))
            sent = SendOne(datagram, to);
        if (sent.IsOk)
            Loop.Counters.AddSent(Loop, sent.Value);
        return sent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushRestAsync(OutgoingDatagrams outgoing, SysResult sent, CancellationToken cancellationToken)
    {
        int first = 0;
        Errno tried = Errno.None;
        try
        {
            while (true)
            {
                if (sent.IsOk)
                    TakeSent(outgoing, ref first, sent.Value, ref tried);
                else if (sent.Errno is Errno.EAGAIN)
                    await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                else if (IsOwnError(sent.Errno, ref tried))
                    await RefuseAsync(outgoing, first++, sent.Errno, cancellationToken).ConfigureAwait(false);
                if (first == outgoing.Count || _readiness.IsClosing)
                    break;
                if (_sendShare.IsUsedUp(Loop))
                    await _readiness.NextTurnAsync(_readiness.Output, cancellationToken).ConfigureAwait(false);
                _readiness.Output.Clear();
                sent = outgoing.Send(Socket, first);
            }

            if (first < outgoing.Count)
                _refusal ??= Refusal(Errno.EBADF, LocalAddress);
        }
        finally
        {
            ReturnOutgoing();
        }

        if (Interlocked.Exchange(ref _refusal, null) is { } refusal)
            throw refusal;
    }

    private async ValueTask<SocketCallException?> TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (SocketCallException refusal)
        {
            return refusal;
        }
    }

    private unsafe int AddRun(MemoryHandle pinned, int offset, int length, int datagramBytes, in KernelAddress to)
    {
        _outgoing ??= DatagramBuffers.RentOutgoing();
        // SAFETY: the memory is pinned until the flush that follows has ended.
        return _outgoing.AddRun((byte*)pinned.Pointer + offset, length, datagramBytes, to, joins: datagramBytes <= _joinLimitBytes);
    }

    private SysResult SendOne(ReadOnlySpan<byte> datagram, in KernelAddress to) => to.IsNone ? Socket.Send(datagram) : Socket.SendTo(datagram, to);

    private void TakeSent(OutgoingDatagrams outgoing, ref int first, int messages, ref Errno tried)
    {
        if (messages > 0)
            NoteEarlierError(ref tried);
        CountSent(outgoing, first, messages);
        first += messages;
    }

    // A call went through at the second try: its first error was that of a datagram from before. On an unconnected socket the queue of
    // errors has it, with its peer.
    private void NoteEarlierError(ref Errno tried)
    {
        if (tried is not Errno.None && PeerAddress is { } peer)
            NoteError(tried, peer);
        tried = Errno.None;
    }

    // An error that waits at the socket is an earlier datagram's, told by ICMP, and gone once it is told: a second try shows whose it is.
    private bool IsOwnError(Errno errno, ref Errno tried)
    {
        if (errno is Errno.EINTR || ReportQueuedErrors() > 0)
            return false;
        bool isOwn = tried == errno && !IsNeverOwn(errno);
        tried = isOwn ? Errno.None : errno;
        return isOwn;
    }

    // UDP sends to ports that nobody has. Each of these is the answer to an earlier datagram, and more may come between two tries.
    private bool IsNeverOwn(Errno errno) => _isUdp && errno is Errno.ECONNREFUSED;

    // A message of several datagrams may be refused where each of them is not.
    private async ValueTask RefuseAsync(OutgoingDatagrams outgoing, int message, Errno errno, CancellationToken cancellationToken)
    {
        if (outgoing.SegmentsOf(message) == 1)
        {
            NoteError(errno, PeerOf(outgoing, message));
            return;
        }

        for (int segment = 0; segment < outgoing.SegmentsOf(message); segment++)
        {
            Errno tried = Errno.None;
            SysResult sent;
            while (true)
            {
                _readiness.Output.Clear();
                sent = SendSegment(outgoing, message, segment, errno);
                if (sent.Errno is Errno.EAGAIN)
                    await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                else if (sent.IsOk || IsOwnError(sent.Errno, ref tried))
                    break;
            }

            if (sent.IsOk)
            {
                NoteEarlierError(ref tried);
                CountSent(1, sent.Value);
            }
            else
            {
                NoteError(sent.Errno, PeerOf(outgoing, message));
            }
        }
    }

    // What goes through alone and did not joined: the device or the route does not cut datagrams of this size, or none. Other errors, as
    // ENOBUFS, are of the moment.
    private SysResult SendSegment(OutgoingDatagrams outgoing, int message, int segment, Errno joined)
    {
        KernelAddress to = outgoing.PeerOf(message);
        SysResult sent = Socket.SendMessage(outgoing.Segment(message, segment), outgoing.SourceControl(message), flags: 0, to);
        int bytes = outgoing.SegmentBytesOf(message);
        if (sent.IsOk && bytes <= _joinLimitBytes && joined is (Errno.EMSGSIZE or Errno.EINVAL or Errno.EIO))
            _joinLimitBytes = bytes > BytesThatFitEverywhere ? bytes - 1 : 0;
        return sent;
    }

    // A full receiver of an unconnected unix socket is no event of that socket (unix(7)): then time has to pass.
    private ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        ReportQueuedErrors();
        if (!_isUdp && !IsConnected)
            Loop.Post(_retry ??= new RetryTimer(_readiness));
        return _readiness.Output.WaitAsync(cancellationToken);
    }

    private void NoteError(Errno errno, in KernelAddress peer)
    {
        if (_options.OnError is { } onError)
            onError(new DatagramError(errno, peer));
        else
            _refusal ??= Refusal(errno, peer);
    }

    private SocketCallException Refusal(Errno errno, in KernelAddress peer) => new("send", errno, Describe(peer));

    private KernelAddress PeerOf(OutgoingDatagrams outgoing, int message) => PeerAddress ?? outgoing.PeerOf(message);

    private void CountSent(OutgoingDatagrams outgoing, int first, int messages)
    {
        for (int message = first; message < first + messages; message++)
            CountSent(outgoing.SegmentsOf(message), outgoing.BytesOf(message));
    }

    private void CountSent(int datagrams, int bytes)
    {
        SentCount += datagrams;
        SentBytes += bytes;
        Loop.Counters.AddSent(Loop, bytes);
    }

    private void ReturnOutgoing()
    {
        if (Interlocked.Exchange(ref _outgoing, null) is { } outgoing)
            DatagramBuffers.Return(outgoing);
    }
}
