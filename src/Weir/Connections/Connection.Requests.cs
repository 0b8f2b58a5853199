using Weir.Loops;

namespace Weir;

/// <summary>What other threads can ask of a connection's loop; several requests wait as one piece of work.</summary>
[Flags]
internal enum ConnectionRequests
{
    None = 0,
    Receive = 1,
    Send = 2,
    FinishSending = 4,
    Close = 8,
    Abort = 16,
    CancelFlush = 32,
    Open = 64,
    StopReading = 128,
    Leave = 256,
}

internal static class ConnectionRequestFlags
{
    public static bool Has(this ConnectionRequests requests, ConnectionRequests flag) => (requests & flag) != ConnectionRequests.None;
}

public sealed partial class Connection : ILoopWork
{
    private int _requests;

    /// <summary>Asks the loop for something, from any thread; it is done in the next turn, when everybody else had one.</summary>
    internal void Request(ConnectionRequests request)
    {
        if (Interlocked.Or(ref _requests, (int)request) != 0)
            return;
        if (Loop.IsCurrent)
            Loop.RunNextTurn(this);
        else
            Loop.Post(this);
    }

    void ILoopWork.Abandon()
    {
        if (_state != CloseState.Closed)
            LetGo();
    }

    void ILoopWork.RunOnLoop()
    {
        var requests = (ConnectionRequests)Interlocked.Exchange(ref _requests, 0);
        if (_state == CloseState.Closed)
            return;
        if (requests.Has(ConnectionRequests.Open))
            Open();
        if (requests.Has(ConnectionRequests.Abort))
        {
            AbortNow();
            return;
        }

        if (requests.Has(ConnectionRequests.Leave))
        {
            // A flush may be complete and its bytes still here.
            Output.SendQueued(isEnding: false);
            FinishNow();
            return;
        }

        if (requests.Has(ConnectionRequests.CancelFlush))
            Output.CancelOnLoop();
        if (requests.Has(ConnectionRequests.Send))
            SendQueued();
        if (requests.Has(ConnectionRequests.FinishSending))
            FinishSending();
        if (requests.Has(ConnectionRequests.StopReading))
            StopReadingNow();
        if (requests.Has(ConnectionRequests.Close))
            BeginClose();
        if (requests.Has(ConnectionRequests.Receive | ConnectionRequests.StopReading))
            ReceiveNow();
        Loop.UpdateInterest(this);
    }
}
