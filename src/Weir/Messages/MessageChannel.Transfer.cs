using System.Runtime.CompilerServices;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

public sealed partial class MessageChannel
{
    private readonly Message _message = new();
    private TurnShare _receiveShare = new(calls: 64);
    private TurnShare _sendShare = new(calls: 64);

    /// <summary>The next message, or the end. It takes back what the receive before it lent.</summary>
    /// <exception cref="SocketCallException">ECONNRESET: the peer has gone without receiving everything.</exception>
    /// <exception cref="InvalidOperationException">Another receive waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while the receive waited.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!_readiness.IsClosing)
        {
            if (_receiveShare.IsUsedUp(_readiness.Loop))
                await _readiness.NextTurnAsync(_readiness.Input, cancellationToken).ConfigureAwait(false);
            _readiness.Input.Clear();
            SysResult received = _message.Receive(Socket, _options.MaxMessageBytes);
            if (received.IsOk)
                return Take();
            if (received.Errno is Errno.EAGAIN)
            {
                _message.Release();
                await _readiness.Input.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (received.Errno is not Errno.EINTR && !_readiness.IsClosing)
            {
                throw new SocketCallException("receive", received.Errno, ToString());
            }
        }

        if (_readiness.Fault is not Errno.None)
            throw new SocketCallException("watch", _readiness.Fault, ToString());
        return _message.End();
    }

    /// <summary>Sends one message; waits while the peer's queue is full.</summary>
    /// <param name="bytes">May be empty: that is a message too.</param>
    /// <param name="cancellationToken">Ends the waiting; the message is then not sent.</param>
    /// <exception cref="SocketCallException">EPIPE, ECONNRESET: the peer has gone; EMSGSIZE: the message is longer than <c>sndbuf</c> allows.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        SendAsync(bytes, [], cancellationToken);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="bytes">May be empty: that is a message too.</param>
    /// <param name="descriptors">Descriptors that the peer gets as its own, at most 253; they stay the caller's as well.</param>
    /// <param name="cancellationToken">Ends the waiting; the message is then not sent.</param>
    /// <exception cref="ObjectDisposedException">A descriptor is closed already.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<SafeFd> descriptors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (_sendShare.IsUsedUp(_readiness.Loop))
                await _readiness.NextTurnAsync(_readiness.Output, cancellationToken).ConfigureAwait(false);
            _readiness.Output.Clear();
            SysResult sent = descriptors.Count == 0 ? Socket.Send(bytes.Span) : Socket.SendMessage(bytes.Span, descriptors);
            if (sent.IsOk)
            {
                CountSent(sent.Value);
                return;
            }

            if (sent.Errno is Errno.EAGAIN && !_readiness.IsClosing)
                await _readiness.Output.WaitAsync(cancellationToken).ConfigureAwait(false);
            else if (sent.Errno is not Errno.EINTR)
                throw new SocketCallException("send", sent.Errno is Errno.EAGAIN ? Errno.EBADF : sent.Errno, ToString());
        }
    }

    private Message Take()
    {
        if (_message.IsEnd)
            return _message.End();
        ReceivedMessages++;
        ReceivedBytes += _message.FullLengthBytes;
        NoteActivity();
        _readiness.Loop.Counters.AddReceived(_readiness.Loop, _message.FullLengthBytes);
        if (_message.IsTruncated)
            _readiness.Loop.Counters.CountCut(messages: 1);
        return _message;
    }

    private void CountSent(int bytes)
    {
        SentMessages++;
        SentBytes += bytes;
        NoteActivity();
        _readiness.Loop.Counters.AddSent(_readiness.Loop, bytes);
    }
}
