using System.IO.Pipelines;

namespace Weir;

/// <summary>One end of a relayed connection. Whatever speaks there, its bytes go through a connection of the relay's loops.</summary>
internal class RelayEnd(Connection connection)
{
    /// <summary>The connection below: it has the counters, the idle time-out and the reset.</summary>
    public Connection Connection => connection;

    /// <summary>Whether the connection's bytes are those of the peer, without anything in between such as TLS.</summary>
    public virtual bool IsPlain => true;

    /// <summary>What the peer says.</summary>
    public virtual PipeReader Input => connection.Input;

    /// <summary>What the peer is told.</summary>
    public virtual PipeWriter Output => connection.Output;

    /// <summary>Tells the peer that nothing more comes.</summary>
    public virtual ValueTask FinishSendingAsync()
    {
        connection.Output.Complete();
        return default;
    }

    /// <summary>Whatever else belongs to the end has an end as well, after the bytes have found theirs.</summary>
    public virtual Task FinishAsync() => Task.CompletedTask;

    /// <summary>Closes in order what the pumps have left open, without waiting.</summary>
    public virtual void Close()
    {
        connection.Input.Complete();
        connection.Output.Complete();
        connection.Request(ConnectionRequests.Close);
    }
}
