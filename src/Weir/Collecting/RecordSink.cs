using Weir.Linux;

namespace Weir.Collecting;

/// <summary>Where records go. One writer uses it.</summary>
internal abstract class RecordSink : IAsyncDisposable
{
    private volatile bool _reopenAsked;

    /// <summary>Whether the sink is one stream of bytes, in which a record's end has to be marked.</summary>
    public abstract bool IsByteStream { get; }

    /// <summary>Records that it could not take, and never will.</summary>
    public long LostRecords { get; protected set; }

    protected bool IsReopenAsked => _reopenAsked;

    /// <summary>Makes ready what can be without a peer.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public abstract void Open();

    /// <summary>Writes all of it; what can be waited for is waited for. When it fails, the batch knows what was taken before.</summary>
    /// <exception cref="SinkLostException">Nothing can be written any more.</exception>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    public abstract ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellationToken);

    /// <summary>Nothing more comes: what was written is brought where it belongs.</summary>
    public abstract ValueTask FinishAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>The writer is to open the path again before it writes on. From any thread.</summary>
    public void AskToReopen() => _reopenAsked = true;

    protected void ReopenDone() => _reopenAsked = false;
}

/// <summary>Nothing can be written any more, and waiting would not help.</summary>
internal sealed class SinkLostException(string message, Errno errno) : IOException(message)
{
    public Errno Errno { get; } = errno;
}
