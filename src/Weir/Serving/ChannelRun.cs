using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>What a channel's run tells its server.</summary>
internal interface IChannelRunOwner
{
    void OnRunStarted(ChannelRun run);

    void OnRunFailed(ChannelRun run, Exception exception);

    /// <summary>The handler has ended and the channel is closed.</summary>
    void OnRunEnded(ChannelRun run);
}

/// <summary>A handler at work on a message or datagram channel, which is closed when the handler ends.</summary>
internal sealed class ChannelRun(IServedChannel channel, Func<Task> handler, IChannelRunOwner owner) : IThreadPoolWorkItem, ILoopWork
{
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    public IServedChannel Channel => channel;

    public bool IsConnection => channel is MessageChannel;

    /// <summary>From any thread: runs the handler where the loop's handlers run.</summary>
    public void Start()
    {
        owner.OnRunStarted(this);
        Schedule();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    void ILoopWork.RunOnLoop() => _ = RunAsync();

    private void Schedule()
    {
        if (!channel.Loop.Inline)
            channel.Loop.RunOnThreadPool(this);
        else
            channel.Loop.Post(this);
    }

    private async Task RunAsync()
    {
        // A connection's handler fails with its connection. A datagram socket is everybody's: its handler is started again.
        if (!await SucceedsAsync().ConfigureAwait(false) && !IsConnection && !channel.IsEnding)
        {
            await Task.Delay(s_pauseAfterFailure).ConfigureAwait(false);
            Schedule();
            return;
        }

        await channel.CloseAsync().ConfigureAwait(false);
        owner.OnRunEnded(this);
    }

    private async Task<bool> SucceedsAsync()
    {
        try
        {
            await handler().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            // A handler need not catch what the peer did to its channel; a message that is too long is its own doing.
            if (!(IsConnection && exception is SocketCallException { Errno: not Errno.EMSGSIZE }))
                owner.OnRunFailed(this, exception);
            return false;
        }
    }
}
