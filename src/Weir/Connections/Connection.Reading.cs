using Weir.Buffers;
using Weir.Linux;
using Weir.Loops;
using Weir.Polling;
using Weir.Sockets;

namespace Weir;

// Receiving, on the loop's thread only.
public sealed partial class Connection : IReadySource
{
    // A short read has drained the socket, and the call that would say EAGAIN is saved, except: after the peer's end or an error was
    // reported, no further edge comes; TCP stops at the urgent mark (tcp(7)); a unix socket stops where senders or descriptors change (unix(7)).
    private bool _readsUntilEmpty;
    private bool _waitsForBuffers;
    private bool _hungUp;
    private bool _stopReading;
    private long _stopAtBytes;
    private bool _readingStopped;
    private bool _readerIsFull;
    private bool _toldOfPause;

    SafeFd IReadySource.Fd => Socket.Fd;

    ulong IReadySource.Token { get; set; }

    // No urgent data: a level would fire until it is read, and what follows the mark is readable by itself.
    PollEvents IReadySource.Wanted =>
        (MayReceive && (!Input.IsParked || IsDiscardingInput) && !EndsByCalls ? PollEvents.Readable | PollEvents.PeerFinished : PollEvents.None)
        | (Output.IsQueued ? PollEvents.Writable : PollEvents.None);

    void IReadySource.OnReady(PollEvents events)
    {
        if (events.Has(PollEvents.PeerFinished | PollEvents.HangUp | PollEvents.Error | PollEvents.Priority))
            _readsUntilEmpty = true;
        if (events.Has(PollEvents.HangUp))
            _hungUp = true;
        // Room for output comes with nearly every event; it is news only for a connection that was refused once.
        if (events.Has(PollEvents.Writable | PollEvents.Error | PollEvents.HangUp) && Output.WasRefused)
            SendQueued();
        if (events.Has(PollEvents.Writable | PollEvents.Error | PollEvents.HangUp))
            _feeder?.OnRoom();
        if (events.Has(~PollEvents.Writable) && _state != CloseState.Closed)
            ReceiveNow();
    }

    /// <summary>Buffers have come back to the loop.</summary>
    internal void ResumeReceiving()
    {
        _waitsForBuffers = false;
        if (_state == CloseState.Closed)
            return;
        if (WatchesOnlyWanted)
            Input.Unpark();
        ReceiveNow();
        Loop.UpdateInterest(this);
    }

    /// <summary>On the loop, with the reader's lock held: the reader has become full. The owner is told when the lock is free.</summary>
    internal void NoteFull()
    {
        Loop.Counters.PausedReceives++;
        _readerIsFull = true;
    }

    // Once, however many events come meanwhile.
    private void WaitForBuffers()
    {
        if (_waitsForBuffers)
            return;
        _waitsForBuffers = true;
        Loop.Counters.PausedReceives++;
        Loop.WaitForBuffers(this);
    }

    // No more than what has arrived by now, or a peer that never pauses would never be finished with.
    private void StopReadingNow()
    {
        if (_stopReading)
            return;
        _stopReading = true;
        _stopAtBytes = ReceivedBytes + Socket.Queues.ReceiveBytes;
    }

    // What is not wanted is not watched, and a hang-up then not seen.
    private bool WatchesOnlyWanted => Loop.IsLevelTriggered || Loop.ReceivesByCompletion;

    private bool CanReceive => !_inputEnded && (IsDiscardingInput || (!Input.IsPaused && !_readingStopped));

    // What is discarded while closing has the peer's end behind it, which the close waits for.
    private bool MayReceive => CanReceive && (IsDiscardingInput || !_stopReading || ReceivedBytes < _stopAtBytes);

    private void ReceiveNow()
    {
        if (Loop.ReceivesByCompletion && !EndsByCalls)
            ContinueReceiving();
        else if (!_isReceiving)
            ReceiveByCalls();
        // Otherwise the loop takes the receive back, and says when it has ended.
    }

    private void ReceiveByCalls()
    {
        int remaining = Loop.Options.BytesPerTurn;
        bool more = true;
        bool resumes = false;
        TellOfResume();
        while (more && MayReceive)
        {
            // Who holds nothing may always receive a block: peers that fill the budget cost others nothing. Who stops reading has to come to
            // an end, and those who hold unread bytes would wait for each other; what is left is no more than the kernel holds.
            if (Loop.IsOverBudget && !IsDiscardingInput && !_stopReading && Input.BufferedBytes > 0)
            {
                // An edge would come with the next bytes; a level has to be told when they may.
                if (WatchesOnlyWanted && !Input.TryPark())
                    continue;
                WaitForBuffers();
                break;
            }

            if (remaining <= 0)
            {
                Request(ConnectionRequests.Receive);
                break;
            }

            more = ReceiveOnce(ref remaining, ref resumes);
        }

        if (_stopReading && !_readingStopped && (!more || ReceivedBytes >= _stopAtBytes))
        {
            _readingStopped = true;
            Input.End();
        }

        if (_state != CloseState.Open)
            ContinueClose();
        else
            ResumeReader(resumes);
    }

    private void ResumeReader(bool hasClaimed)
    {
        if (hasClaimed)
            Resume(Input);
        else
            Input.Publish();
    }

    private bool ReceiveOnce(ref int remaining, ref bool resumes)
    {
        if (_diversion is { } diversion && _state == CloseState.Open)
            return diversion.Receive(ref remaining);
        BufferBlock block = Loop.Pool.Rent(onLoop: true);
        // Nobody but this thread closes the socket, so the descriptor needs no hold for the call.
        SysResult received = Sys.Recv(_fd, block.FreeSpan, flags: 0);
        if (received.IsOk && received.Value > 0)
        {
            remaining -= received.Value;
            bool more = received.Value == block.FreeBytes || _readsUntilEmpty;
            Take(block, received.Value, isLast: !more, ref resumes);
            return more;
        }

        Loop.Pool.Return(block, onLoop: true);
        if (received.IsOk)
            EndInput(Errno.None);
        else if (received.Errno is not (Errno.EAGAIN or Errno.EINTR))
            EndInput(received.Errno);
        return received.Errno is Errno.EINTR;
    }

    private void Take(BufferBlock block, int count, bool isLast, ref bool resumes)
    {
        CountReceived(count);
        block.Append(count);
        if (_state == CloseState.Lingering)
            _discardedBytes += count;
        if (IsDiscardingInput || !Input.Offer(block, isLast, out resumes))
            Loop.Pool.Return(block, onLoop: true);
        if (_readerIsFull)
            TellOfPause();
    }

    private void TellOfPause()
    {
        _readerIsFull = false;
        if (_toldOfPause)
            return;
        _toldOfPause = true;
        Owner?.OnPaused(this);
    }

    // A peer that finished in order leaves CLOSE_WAIT behind, until we finish as well.
    private bool IsUnseenHangUp => WatchesOnlyWanted && Socket.Info is { State: TcpState.Close };

    private void EndInput(Errno errno)
    {
        _inputEnded = true;
        // A socket reports its error once. When a send has met the reset, receiving shows an ordinary end, which it was not.
        if (errno == Errno.None && Fault is Errno.ECONNRESET or Errno.ETIMEDOUT)
            errno = Fault;
        else if (errno == Errno.None && !_sendingFinished && _isTcp && (_hungUp || IsUnseenHangUp))
            errno = Errno.ECONNRESET;
        if (errno == Errno.None)
        {
            Input.End();
        }
        else
        {
            SetFault(errno);
            Input.Fail(errno);
        }

        Owner?.OnInputEnded(this);
        // A peer that takes no more either may be told by the send alone: select(2) does not see a hang-up of who waits for room.
        if (Output.IsQueued)
            Request(ConnectionRequests.Send);
    }
}
