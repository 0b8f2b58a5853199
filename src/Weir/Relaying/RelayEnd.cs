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

    /// <summary>
    /// From now on the other end's input stops when nobody is at this end any more who could want it. Connections say that themselves.
    /// </summary>
    public virtual void StopWithMe(RelayEnd other)
    {
    }

    /// <summary>Whether something went wrong here that no reset tells.</summary>
    public virtual bool HasFailed => false;

    /// <summary>Tells the peer that nothing more comes.</summary>
    public virtual ValueTask FinishSendingAsync()
    {
        connection.Output.Complete();
        return default;
    }

    /// <summary>Whatever else belongs to the end has an end as well, after the bytes have found theirs.</summary>
    public virtual Task FinishAsync() => Task.CompletedTask;

    /// <summary>Ends it at once.</summary>
    public virtual void Abort() => connection.Abort();

    /// <summary>Closes in order what the pumps have left open, without waiting.</summary>
    public virtual void Close()
    {
        connection.Input.Complete();
        connection.Output.Complete();
        connection.Request(ConnectionRequests.Close);
    }
}
