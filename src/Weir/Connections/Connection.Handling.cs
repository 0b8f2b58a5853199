using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

// The beginning of a connection, and its handler.
public sealed partial class Connection : IThreadPoolWorkItem
{
    private Task? _handling;

    /// <summary>Attaches to the loop; on the loop's thread.</summary>
    internal void Open()
    {
        try
        {
            ApplyOptions();
            Loop.Attach(this);
        }
        catch (SocketCallException exception)
        {
            Owner?.OnOpenFailed(this, exception);
            SetFault(exception.Errno);
            LetGo();
            return;
        }

        StartTimers();
        Owner?.OnOpened(this);
    }

    /// <summary>Starts the owner's handler; on the loop's thread.</summary>
    internal void StartHandler()
    {
        if (Loop.Inline)
            RunHandler();
        else
            Loop.RunOnThreadPool(this);
    }

    void IThreadPoolWorkItem.Execute() => RunHandler();

    /// <summary>Our own completions: inline on the loop, or one hop to the thread pool.</summary>
    internal void Resume<T>(T continuation)
        where T : class, IThreadPoolWorkItem, ILoopWork
    {
        if (!Loop.Inline)
            Loop.RunOnThreadPool(continuation);
        else if (Loop.IsCurrent)
            continuation.RunOnLoop();
        else
            Loop.Post(continuation);
    }

    private void RunHandler()
    {
        try
        {
            _handling = ((IHandlerOwner)Owner!).HandleAsync(this);
        }
        catch (Exception exception)
        {
            _handling = Task.FromException(exception);
        }

        if (_handling.IsCompleted)
            OnHandled();
        else
            _handling.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnHandled);
    }

    private void OnHandled()
    {
        Input.Complete();
        if (_handling!.IsCompletedSuccessfully)
        {
            Output.Complete();
            Request(ConnectionRequests.Close);
            return;
        }

        if (_handling.Exception?.InnerException is { } exception && !IsExpected(exception))
            ((IHandlerOwner)Owner!).OnHandlerFailed(this, exception);
        Output.Complete(_handling.Exception?.InnerException ?? new TaskCanceledException(_handling));
        // The handler may have completed the writer before it failed, and then that says nothing any more.
        Abort();
    }

    // A handler need not catch what the peer or the connection's own end did to it.
    private bool IsExpected(Exception exception) => exception is SocketCallException && Fault != Errno.None;

    private void ApplyOptions()
    {
        if (Options.KeepAlive is not { } keepAlive || Socket.Info is null)
            return;
        Socket.Set(SocketOptions.KeepAlive, value: true);
        Socket.Set(SocketOptions.KeepAliveIdleSeconds, (int)keepAlive.Idle.TotalSeconds);
        Socket.Set(SocketOptions.KeepAliveIntervalSeconds, (int)keepAlive.Interval.TotalSeconds);
        Socket.Set(SocketOptions.KeepAliveProbes, keepAlive.Probes);
    }
}
