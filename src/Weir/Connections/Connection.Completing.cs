using Weir.Buffers;
using Weir.Linux;

namespace Weir;

// Receiving on a loop whose kernel completes receives: what arrives is brought here. On the loop's thread only.
public sealed partial class Connection
{
    private bool _isReceiving;

    /// <summary>
    /// Bytes that a receive may take before it asks again: what the reader has room for, and at least a block, for a reader that needs more than its mark
    /// to go on. 0 for no limit.
    /// </summary>
    internal uint ReceiveCreditBytes =>
        IsDiscardingInput ? 0 : (uint)Math.Max(Loop.Options.BlockSizeBytes, Options.ReceiveHighMarkBytes - Input.BufferedBytes);

    /// <summary>
    /// Whether one operation may bring more than a block. Not when the loop's budget is used up; and not on unix sockets, where one of 200,000 multishot receives
    /// missed the peer's end that came right after the last byte (Linux 6.18, a server in C as well).
    /// </summary>
    internal bool MayReceiveMany => _isTcp && (IsDiscardingInput || !Loop.IsOverBudget);

    // What had arrived when reading stops is counted and taken by calls, while no receive is under way that could overtake them.
    private bool EndsByCalls => Loop.ReceivesByCompletion && _stopReading && !IsDiscardingInput;

    /// <summary>The kernel has begun a receive; until it has ended, nobody else may receive.</summary>
    internal void OnReceiveBegun() => _isReceiving = true;

    /// <summary>The receive that was under way has ended.</summary>
    internal void OnReceiveEnded()
    {
        _isReceiving = false;
        if (!EndsByCalls || _readingStopped || _state == CloseState.Closed)
            return;
        _stopAtBytes = ReceivedBytes + Socket.Queues.ReceiveBytes;
        ReceiveNow();
    }

    /// <summary>The kernel has filled a block.</summary>
    internal void OnReceived(BufferBlock block, int count)
    {
        bool resumes = false;
        Take(block, count, isLast: true, ref resumes);
        Deliver(resumes);
        // After it, because an inline reader holds nothing any more.
        ParkIfOverBudget();
    }

    /// <summary>The kernel has nothing more to receive.</summary>
    internal void OnReceiveFailed(Errno errno)
    {
        EndInput(errno);
        Deliver(resumes: false);
    }

    private void ContinueReceiving()
    {
        TellOfResume();
        ParkIfOverBudget();
        Loop.UpdateInterest(this);
        Deliver(resumes: false);
    }

    private void Deliver(bool resumes)
    {
        if (_state != CloseState.Open)
            ContinueClose();
        else
            ResumeReader(resumes);
    }

    private void ParkIfOverBudget()
    {
        if (Loop.IsOverBudget && _state == CloseState.Open && Input.BufferedBytes > 0 && !Input.IsPaused && !Input.IsParked && Input.TryPark())
            WaitForBuffers();
    }

    private void TellOfResume()
    {
        if (!_toldOfPause || Input.IsPaused)
            return;
        _toldOfPause = false;
        Owner?.OnResumed(this);
    }
}
