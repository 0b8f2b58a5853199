using Weir.Linux;

namespace Weir;

internal enum CloseState
{
    Open,

    /// <summary>No more reading; what is flushed leaves first.</summary>
    Draining,

    /// <summary>Our end of stream is sent; what the peer still sends is discarded until its own end comes.</summary>
    Lingering,
    Closed,
}

// The end of a connection, on the loop's thread: stop reading, drain, shut down, linger, close; each step has a time limit.
public sealed partial class Connection
{
    // As much as is discarded while lingering; a peer that sends more gets the reset.
    private const int LingerLimitBytes = 1024 * 1024;

    private volatile CloseState _state;
    private volatile bool _isGone;
    private bool _inputEnded;
    private int _discardedBytes;
    private TaskCompletionSource? _closed;

    /// <summary>Ends when the descriptor is closed.</summary>
    public Task Closed
    {
        get
        {
            if (_isGone)
                return Task.CompletedTask;
            TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
            TaskCompletionSource source = Interlocked.CompareExchange(ref _closed, fresh, null) ?? fresh;
            if (_isGone)
                source.TrySetResult();
            return source.Task;
        }
    }

    /// <summary>
    /// Takes no more input: what the kernel holds at this moment is still delivered, then the reader sees the end. Sending goes on, and so
    /// a handler that answers what it reads finishes by itself. From any thread.
    /// </summary>
    public void StopReading() => Request(ConnectionRequests.StopReading);

    private bool IsDiscardingInput => _state is CloseState.Draining or CloseState.Lingering;

    /// <summary>
    /// Closes in order: reading ends, flushed bytes leave (<see cref="ConnectionOptions.DrainTimeout"/>), the peer gets the end of the
    /// stream, its own end is awaited (<see cref="ConnectionOptions.LingerTimeout"/>). From any thread, any number of times.
    /// </summary>
    /// <returns>Ends when the descriptor is closed.</returns>
    public Task CloseAsync()
    {
        Request(ConnectionRequests.Close);
        return Closed;
    }

    /// <summary>Ends the connection at once: unsent bytes are lost and a TCP peer gets a reset. From any thread, any number of times.</summary>
    public void Abort() => Request(ConnectionRequests.Abort);

    /// <summary>Closes the descriptor at once, and the kernel goes on sending what it has taken. From any thread, any number of times.</summary>
    internal void Leave() => Request(ConnectionRequests.Leave);

    internal void AbortNow()
    {
        SetFault(Errno.ECONNABORTED);
        Socket.ResetOnClose();
        FinishNow();
    }

    /// <summary>Closes the descriptor and lets everything go. What waits for the connection goes on with its end.</summary>
    internal void FinishNow()
    {
        if (_state == CloseState.Closed)
            return;
        if (_timer is not null)
            Loop.Timers.Cancel(_timer);
        Loop.Detach(this);
        LetGo();
    }

    // Whoever waits for a connection that could not even be attached goes on with its end as well.
    private void LetGo()
    {
        _state = CloseState.Closed;
        _inputEnded = true;
        Output.CloseGate();
        Socket.Dispose();
        _isGone = true;
        Loop.Counters.RemoveConnection();
        Owner?.OnClosed(this);
        _closed?.TrySetResult();
        Output.CompleteFlush();
        Input.Close(Fault);
    }

    private void BeginClose()
    {
        if (_state != CloseState.Open)
            return;
        _state = CloseState.Draining;
        _finishSending = true;
        Input.Close(Fault);
        LimitStep(Options.DrainTimeout);
        SendQueued();
    }

    private void ContinueClose()
    {
        if (_state == CloseState.Draining)
        {
            if (!Output.IsDrained)
                return;
            if (!_sendingFinished)
                ShutdownSending();
            _state = CloseState.Lingering;
            LimitStep(Options.LingerTimeout);
            if (!_inputEnded)
                ReceiveNow();
        }

        if (_state == CloseState.Lingering && (_inputEnded || _discardedBytes > LingerLimitBytes))
            FinishNow();
    }

    private void OnStepOver()
    {
        if (_state == CloseState.Draining)
            AbortNow();
        else
            FinishNow();
    }
}
