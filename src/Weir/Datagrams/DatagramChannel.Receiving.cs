using System.Runtime.CompilerServices;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

public sealed partial class DatagramChannel
{
    // More than had arrived at an inherited socket when it was told to stop; who goes on sending must not keep it.
    private const int MaxDatagramsAfterStop = 64 * 1024;

    private readonly bool _hasControl;
    private ReceivedDatagrams? _received;
    private TurnShare _receiveShare = new(calls: 8);

    // A receive that brought less than there was room for has emptied the queue, and the call that would say EAGAIN is saved; where an error may
    // have ended it early, or no edge would tell of the next datagram, it is made.
    private readonly bool _tellsNews;
    private bool _isDrained;
    private volatile bool _isStopping;
    private volatile bool _leavesQueue;
    private volatile bool _refusesMore;
    private int _receivedAfterStop;

    /// <summary>What has arrived, or will: at least one datagram, or the end. It takes back what the receive before it lent.</summary>
    /// <exception cref="SocketCallException">On a connected channel: nobody is at the other end (ECONNREFUSED), or no way leads there. The
    /// channel is not harmed, and the next receive waits for the next datagram.</exception>
    /// <exception cref="InvalidOperationException">Another receive waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while the receive waited.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedDatagrams> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!_leavesQueue && !_readiness.IsClosing)
        {
            if (_isDrained && !_isStopping)
            {
                await WaitForInputAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (_receiveShare.IsUsedUp(Loop))
                await _readiness.NextTurnAsync(_readiness.Input, cancellationToken).ConfigureAwait(false);
            _readiness.Input.Clear();
            ReceivedDatagrams batch = _received ??= DatagramBuffers.RentReceived(_options.MaxDatagramBytes);
            SysResult received = batch.Receive(Socket, tellsPeer: !IsConnected, _hasControl);
            if (received.IsOk)
            {
                CountReceived(batch);
                _isDrained = _tellsNews && received.Value < ReceivedDatagrams.MaxMessages;
                return batch;
            }

            if (received.Errno is not Errno.EAGAIN)
            {
                OnReceiveError(received.Errno);
                continue;
            }

            // An error that a send has met and passed over still waits in its queue.
            ReportQueuedErrors();
            if (_isStopping)
                break;
            await WaitForInputAsync(cancellationToken).ConfigureAwait(false);
        }

        ReturnReceived();
        if (_readiness.Fault is not Errno.None)
            throw new SocketCallException("watch", _readiness.Fault, ToString());
        return ReceivedDatagrams.End;
    }

    /// <summary>
    /// Takes no more datagrams: those that have arrived by now are still received, then comes the end. A unix sender is refused from
    /// now on, a UDP sender is not told. An inherited socket (fd) is read until nothing waits, and left as it is: whoever it came from may
    /// start another server on it. From any thread.
    /// </summary>
    public void StopReading()
    {
        // Another process has the socket now, and goes on receiving.
        if (_leavesQueue)
            return;
        if (!IsInherited)
            RefuseMore();
        _isStopping = true;
        _readiness.Input.Set();
    }

    // The kernel counts what it refuses from now on with what its buffer had no room for.
    private void RefuseMore()
    {
        Socket.StopReceiving();
        Volatile.Write(ref _dropped, DroppedDatagrams);
        _refusesMore = true;
    }

    /// <summary>The end comes at once, and what has arrived is left to others who have the socket.</summary>
    internal void StopReadingAndLeave()
    {
        _leavesQueue = true;
        _isStopping = true;
        _readiness.Input.Set();
    }

    // While nothing comes, the channel holds no buffer.
    private ValueTask WaitForInputAsync(CancellationToken cancellationToken)
    {
        _isDrained = false;
        ReturnReceived();
        return _readiness.Input.WaitAsync(cancellationToken);
    }

    private void CountReceived(ReceivedDatagrams batch)
    {
        ReceivedCount += batch.Count;
        ReceivedBytes += batch.TotalBytes;
        Loop.Counters.AddReceived(Loop, batch.TotalBytes);
        if (batch.CutCount > 0)
            Loop.Counters.CountCut(batch.CutCount);
        if (_isStopping && IsInherited && (_receivedAfterStop += batch.Count) >= MaxDatagramsAfterStop)
            _leavesQueue = true;
    }

    // recvmmsg(2) hands out an error that waits at the socket: ICMP said that an earlier datagram did not arrive.
    private void OnReceiveError(Errno errno)
    {
        if (errno is Errno.EINTR || ReportQueuedErrors() > 0)
            return;
        // Somebody who was sending has read it from the queue.
        if (_options.TellsErrors && !IsConnected && errno is not (Errno.EBADF or Errno.ENOTSOCK))
            return;
        if (errno is Errno.EBADF && _readiness.IsClosing)
            return;
        if (_options.OnError is { } onError && errno is not (Errno.EBADF or Errno.ENOTSOCK))
            onError(new DatagramError(errno, PeerAddress ?? default));
        else
            throw new SocketCallException("receive", errno, Describe(PeerAddress ?? LocalAddress));
    }

    private string Describe(in KernelAddress address) => address.Describe(Scheme);

    private void ReturnReceived()
    {
        if (Interlocked.Exchange(ref _received, null) is { } batch)
            DatagramBuffers.Return(batch);
    }
}
