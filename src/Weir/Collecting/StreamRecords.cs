using System.Buffers;

namespace Weir.Collecting;

/// <summary>Cuts what one stream sends into records.</summary>
internal abstract class StreamRecords : IRecordSource
{
    /// <summary>What is not taken yet; its start is how far the reader may advance.</summary>
    public ReadOnlySequence<byte> Rest { get; protected set; }

    /// <summary>Whether nothing follows, so that what remains is a record as well.</summary>
    protected bool IsLast { get; private set; }

    /// <summary>Everything that is unread: what was left the time before, and what came since.</summary>
    public void Offer(in ReadOnlySequence<byte> unread, bool isLast)
    {
        Rest = unread;
        IsLast = isLast;
    }

    public abstract bool TryTake(RecordBatch batch);
}

/// <summary>Bytes as they come.</summary>
internal sealed class RawRecords : StreamRecords
{
    public override bool TryTake(RecordBatch batch)
    {
        if (Rest.IsEmpty)
            return false;
        ReadOnlyMemory<byte> piece = Rest.First;
        batch.Add(piece.Span);
        Rest = Rest.Slice(piece.Length);
        return true;
    }
}
