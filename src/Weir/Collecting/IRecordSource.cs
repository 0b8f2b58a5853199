namespace Weir.Collecting;

/// <summary>Somewhere that records come from: what a peer has sent so far.</summary>
internal interface IRecordSource
{
    /// <summary>Adds the next record. Called with the queue's lock held.</summary>
    /// <returns>False when there is no whole one now.</returns>
    bool TryTake(RecordBatch batch);
}
