using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir;

// Sending what the kernel refused, on the loop's thread.
public sealed partial class Connection
{
    private bool _finishSending;
    private bool _sendingFinished;

    /// <summary>The writer is complete: when what is queued has left, the peer gets the end of the stream.</summary>
    private void FinishSending()
    {
        _finishSending = true;
        SendQueued();
    }

    private void SendQueued()
    {
        bool isEnding = _finishSending || _state == CloseState.Draining;
        if (!Output.SendQueued(isEnding))
            return;
        if (_finishSending && !_sendingFinished)
            ShutdownSending();
        if (_state == CloseState.Draining)
            ContinueClose();
    }

    /// <summary>send(2), with the gate held. The loop's own thread is the one that closes, so there the descriptor needs no hold.</summary>
    internal SysResult Send(ReadOnlySpan<byte> bytes)
    {
        if (Loop.IsCurrent)
            return Sys.Send(_fd, bytes, MSG_NOSIGNAL);
        NoteSendFromOutside();
        return Socket.Send(bytes);
    }

    /// <summary>sendmsg(2), with the gate held.</summary>
    internal SysResult Send(ReadOnlySpan<iovec> pieces)
    {
        if (!Loop.IsCurrent)
            NoteSendFromOutside();
        return Socket.Send(pieces);
    }

    // The loop may be asleep, and its time with it. Before the call: once the peer has the bytes, it may do anything.
    private void NoteSendFromOutside() => _timer?.LastSentMs = Loop.ClockMs();

    private void ShutdownSending()
    {
        _sendingFinished = true;
        Socket.Shutdown(SHUT_WR);
        if (!Output.IsClosed)
            Owner?.OnOutputEnded(this);
    }
}
